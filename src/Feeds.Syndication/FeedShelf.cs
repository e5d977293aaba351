using System.Diagnostics;

namespace Feeds.Syndication;

/// <summary>
/// The place of one live feed in a snapshot. The documents are made when somebody asks for them: a publication can have
/// thousands of categories that nobody reads.
/// </summary>
/// <param name="subject">What it is about.</param>
/// <param name="changedAt">When its content last changed, as the store says.</param>
/// <param name="changedIn">The store's change that did it.</param>
/// <param name="replaced">What was here before, or null.</param>
internal sealed class FeedShelf(FeedSubject subject, DateTimeOffset changedAt, long changedIn, FeedShelf? replaced)
{
    /// <summary>Who last asked longer ago than so many changes gets the whole feed.</summary>
    private const int Remembered = 20;

    private readonly List<EarlierFeed> earlier = replaced is null ? [] : replaced.Remember();
    private volatile FeedSet? made;

    public FeedSubject Subject => subject;

    public DateTimeOffset ChangedAt => changedAt;

    public long ChangedIn => changedIn;

    /// <summary>Feeds that were sent from here, oldest first.</summary>
    public IReadOnlyList<EarlierFeed> Earlier => earlier;

    /// <summary>The documents, or null while nobody asked for them.</summary>
    public FeedSet? Made
    {
        get => made;
        set => made = value;
    }

    private List<EarlierFeed> Remember()
    {
        List<EarlierFeed> known = [.. earlier];
        if (made is { } sent)
        {
            known.Add(EarlierFeed.Of(sent));
        }

        return known.Count > Remembered ? known[^Remembered..] : known;
    }
}

/// <summary>One feed in every format.</summary>
internal sealed record FeedSet(FeedContents Contents, FeedDocument Rss, FeedDocument Atom, FeedDocument Json)
{
    /// <summary>Of the documents; and the entries stay in memory as long as they do.</summary>
    public long Bytes => (long)Rss.Body.Length + Atom.Body.Length + Json.Body.Length + Contents.Entries.Sum(entry => entry.Bytes);

    public FeedDocument In(FeedFormat format) => format switch
    {
        FeedFormat.Rss => Rss,
        FeedFormat.Atom => Atom,
        FeedFormat.Json => Json,
        _ => throw new UnreachableException(),
    };
}
