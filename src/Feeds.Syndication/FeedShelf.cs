using System.Diagnostics;
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
    private volatile FeedSet? made;

    public Category? Category => category;

    public DateTimeOffset ChangedAt => changedAt;

    /// <summary>The documents, or null while nobody asked for them.</summary>
    public FeedSet? Made
    {
        get => made;
        set => made = value;
    }

    public string Path(FeedFormat format) => FeedAddresses.Path(category, format);
}

/// <summary>One feed in every format.</summary>
internal sealed record FeedSet(FeedDocument Rss, FeedDocument Atom, FeedDocument Json)
{
    public long Bytes => (long)Rss.Body.Length + Atom.Body.Length + Json.Body.Length;

    public FeedDocument In(FeedFormat format) => format switch
    {
        FeedFormat.Rss => Rss,
        FeedFormat.Atom => Atom,
        FeedFormat.Json => Json,
        _ => throw new UnreachableException(),
    };
}
