namespace Feeds.Articles;

/// <summary>An article's picture: absolute address, text for those who don't see it, pixels where they are known.</summary>
public sealed record ArticleImage(Uri Address, string Alternative, int? Width, int? Height);

/// <summary>The sound or the film of an episode.</summary>
/// <param name="Address">Absolute.</param>
/// <param name="Type">Media type without parameters: <c>audio/mpeg</c>, <c>video/mp4</c>.</param>
/// <param name="Length">In bytes, from 1.</param>
/// <param name="Duration">In whole seconds, from 1; null where it is not known.</param>
public sealed record Enclosure(Uri Address, string Type, long Length, TimeSpan? Duration);

/// <summary>An article that the public may read now.</summary>
public sealed record Article
{
    /// <summary>The store's own number; not public.</summary>
    public required long Id { get; init; }

    /// <summary>Tag URI (RFC 4151), minted once and kept through every change.</summary>
    public required string Identity { get; init; }

    /// <summary>Last segment of the page's address; lower-case ASCII letters, digits and hyphens. Another after a renaming.</summary>
    public required string Slug { get; init; }

    /// <summary>Where people read it: the front matter's <c>url</c>, else the page below <see cref="PublicationOptions.BaseUrl"/>.</summary>
    public required Uri Link { get; init; }

    /// <summary>Plain text.</summary>
    public required string Title { get; init; }

    /// <summary>Plain text.</summary>
    public required string Author { get; init; }

    /// <summary>BCP 47 language tag.</summary>
    public required string Language { get; init; }

    /// <summary>One paragraph of plain text, at most 400 characters; from the first paragraph where the front matter has none.</summary>
    public required string Summary { get; init; }

    /// <summary>Sanitised HTML in which every address is absolute.</summary>
    public required string Html { get; init; }

    /// <summary>The picture of the article, if it has one.</summary>
    public required ArticleImage? Image { get; init; }

    /// <summary>What makes the article an episode of a podcast, if it is one.</summary>
    public Enclosure? Enclosure { get; init; }

    /// <summary>When it was first published (UTC).</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>When it last changed significantly (UTC): an edit that its front matter calls minor leaves it. Not before <see cref="Published"/>.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Its place in the gapless publication sequence, from 1; given once, when it becomes public.</summary>
    public required long Sequence { get; init; }

    /// <summary>In the order of the front matter.</summary>
    public required IReadOnlyList<Category> Categories { get; init; }
}
