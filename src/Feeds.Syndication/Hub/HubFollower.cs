namespace Feeds.Syndication.Hub;

/// <summary>Our own hub: what changed becomes due for its subscribers.</summary>
internal sealed class HubFollower(SubscriptionBook book) : IFollower
{
    public string Name => "hub";

    public string Description => "the hub";

    // Most publications have no subscriber, and who reads their feeds shall not wait for what nobody hears.
    public Task<bool> HasAudienceAsync(CancellationToken cancellationToken) => book.HasAnyAsync(cancellationToken);

    public async Task<string?> TellAsync(long after, TopicChanges changes, Func<Task<bool>> keep, CancellationToken cancellationToken)
    {
        // Who subscribed to an address of which a feed has moved away gets what the feed is now; who subscribed to one that
        // ended is told so.
        await book.MarkAsync([.. changes.Paths, .. changes.FormerPaths, .. changes.EndedPaths], changes.UpTo, cancellationToken);
        return null;
    }
}
