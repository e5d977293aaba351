using System.Text.Json;
using Feeds.Articles;
using Feeds.Newsletter.Content;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Making;

/// <summary>Which articles a content of an edition tells of. It stays, so that whoever got it can read it in a browser years later.</summary>
[Table("cohort")]
internal sealed class CohortRow
{
    /// <summary>Mail's number of the content.</summary>
    [Column("content_id"), PrimaryKey]
    public long ContentId { get; set; }

    [Column("edition_id")]
    public long EditionId { get; set; }

    /// <summary>As <see cref="Cohort.Part"/>, which the mail's own link names; -1 where the edition is older than such links.</summary>
    [Column("part")]
    public int Part { get; set; }

    /// <summary>Sequence numbers as a JSON array, newest article first; also of those that are only counted.</summary>
    [Column("articles")]
    public string Articles { get; set; } = "[]";

    /// <summary>How many of them are shown at most.</summary>
    [Column("shown")]
    public int Shown { get; set; }

    /// <summary>As <see cref="EditionForm.Write"/>; empty where the edition is older than the choice.</summary>
    [Column("form")]
    public string Form { get; set; } = "";

    public EditionForm ReadForm(DateTimeOffset slot, PublicationOptions publication) => Form.Length > 0
        ? EditionForm.Read(Form)
        : new EditionForm(publication.Language, false, false, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(slot, TimeZoneInfo.FindSystemTimeZoneById(publication.TimeZone)).DateTime));

    public static string Write(IReadOnlyList<long> articles) => JsonSerializer.Serialize(articles);

    public IReadOnlyList<long> ReadArticles() => Read(Articles);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<long> Read(string articles) => JsonSerializer.Deserialize<List<long>>(articles)!;
}
