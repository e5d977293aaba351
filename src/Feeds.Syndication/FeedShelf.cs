using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// The place of one feed in a snapshot. The documents are made when somebody asks for them: a publication can have
/// thousands of categories that nobody reads.
/// </summary>
/// <param name="category">Of which category, or of the whole publication where null.</param>
/// <param name="changedAt">When its content last changed, as the store says.</param>
internal sealed class FeedShelf(Category? category, DateTimeOffset changedAt)
{
    private volatile FeedPair? made;

    public Category? Category => category;

    public DateTimeOffset ChangedAt => changedAt;

    /// <summary>The documents, or null while nobody asked for them.</summary>
    public FeedPair? Made
    {
        get => made;
        set => made = value;
    }

    public string Path(FeedFormat format) => FeedAddresses.Path(category, format);
}

/// <summary>One feed in both formats.</summary>
internal sealed record FeedPair(FeedDocument Rss, FeedDocument Atom)
{
    public long Bytes => Rss.Body.Length + Atom.Body.Length;

    public FeedDocument In(FeedFormat format) => format == FeedFormat.Rss ? Rss : Atom;
}
