using System.Text.Json;

namespace Feeds.Newsletter.Content;

/// <summary>How an edition is written for those who chose it so; with the articles it says which mails are the same.</summary>
/// <param name="Language">BCP 47 tag of the mail's own words.</param>
/// <param name="FullText">Articles in full instead of their summaries.</param>
/// <param name="PlainText">No HTML.</param>
/// <param name="Day">The slot's day where the reader is.</param>
internal sealed record EditionForm(string Language, bool FullText, bool PlainText, DateOnly Day)
{
    public string Write() => JsonSerializer.Serialize(this);

    public static EditionForm Read(string stored) => JsonSerializer.Deserialize<EditionForm>(stored)!;
}

/// <summary>An article as an edition was frozen with it; its words of date and authorship come with the form.</summary>
/// <param name="Title">In <paramref name="Language"/>.</param>
/// <param name="Summary">One paragraph.</param>
/// <param name="Link">With the edition's campaign.</param>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="Published">When it was first published.</param>
/// <param name="Corrected">When it was last changed significantly after that; null where it was not.</param>
/// <param name="Author">Null where it is the publisher.</param>
/// <param name="Categories">Their names.</param>
/// <param name="Image">Null where there is none that mail programs show well.</param>
/// <param name="Html">The whole text, sanitised; null in editions that nobody reads in full.</param>
internal sealed record FrozenArticle(
    string Title, string Summary, string Link, string Language, DateTimeOffset Published, DateTimeOffset? Corrected, string? Author, IReadOnlyList<string> Categories, DigestImage? Image, string? Html);
