namespace Feeds.Syndication.Hub;

/// <summary>Our own hub: what changed becomes due for its subscribers.</summary>
internal sealed class HubFollower(SubscriptionBook book) : IFollower
{
    public string Name => "hub";

    public string Description => "the hub";

    public async Task<string?> TellAsync(long after, TopicChanges changes, Func<Task<bool>> keep, CancellationToken cancellationToken)
    {
        await book.MarkAsync(changes.Paths, changes.UpTo, cancellationToken);
        return null;
    }
}
