using System.Text.Json;
using Feeds.Newsletter.Content;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Making;

/// <summary>An edition of which something may still go out, so that an article withdrawn now can be taken out of it.</summary>
[Table("open_edition")]
internal sealed class OpenEditionRow
{
    [Column("edition_id"), PrimaryKey]
    public long EditionId { get; set; }

    /// <summary>The cadence's, as it was when the edition was frozen.</summary>
    [Column("title")]
    public string Title { get; set; } = "";

    /// <inheritdoc cref="Title"/>
    [Column("maximum_articles")]
    public int MaximumArticles { get; set; }

    /// <summary>The article store's change up to which the edition was compared with it; whoever revises it moves this on in the same transaction.</summary>
    [Column("seen_change")]
    public long SeenChange { get; set; }
}

/// <summary>An article as an open edition shows it: whatever is edited afterwards, all copies say the same.</summary>
[Table("open_article")]
internal sealed class OpenArticleRow
{
    [Column("edition_id"), PrimaryKey(1)]
    public long EditionId { get; set; }

    [Column("sequence"), PrimaryKey(2)]
    public long Sequence { get; set; }

    /// <summary>A <see cref="FrozenArticle"/> as JSON.</summary>
    [Column("article")]
    public string Article { get; set; } = "";

    public static OpenArticleRow Of(long editionId, long sequence, FrozenArticle article) =>
        new() { EditionId = editionId, Sequence = sequence, Article = JsonSerializer.Serialize(article) };

    public FrozenArticle ReadArticle() => JsonSerializer.Deserialize<FrozenArticle>(Article)!;
}
