namespace Feeds.Syndication;

/// <summary>What an address of a feed is answered with.</summary>
public abstract record FeedAnswer
{
    private FeedAnswer()
    {
    }

    /// <summary>A feed is there.</summary>
    public sealed record Found(FeedDocument Document) : FeedAnswer;

    /// <summary>It has another address for good (HTTP: 308).</summary>
    /// <param name="Path">Below the publication's base, with its query.</param>
    public sealed record Moved(string Path) : FeedAnswer;

    /// <summary>The category has ended (HTTP: 410).</summary>
    public sealed record Ended : FeedAnswer;

    /// <summary>The address asks for what no feed can hold (HTTP: 400).</summary>
    /// <param name="Reason">A sentence for the reader, with the mend.</param>
    public sealed record Refused(string Reason) : FeedAnswer;

    /// <summary>Nothing is or was there (HTTP: 404).</summary>
    public sealed record Unknown : FeedAnswer;
}
