using Feeds.Articles;

namespace Feeds.Syndication.Hub;

/// <summary>A hub of somebody else's: it is told which topics to fetch, as hubs have agreed upon (<c>hub.mode=publish</c>).</summary>
internal sealed class PingFollower(Uri hub, FollowerHttp http, PublicationOptions publication) : IFollower
{
    private readonly FeedAddresses addresses = new(publication.Base);

    public string Name { get; } = FollowerName.Of("ping", hub);

    public string Description { get; } = $"the hub at {hub.Authority}";

    public async Task<string?> TellAsync(long after, TopicChanges changes, Func<Task<bool>> keep, CancellationToken cancellationToken)
    {
        // One topic a request: not every hub reads more. Somebody may have subscribed there before a renaming, so the hub is
        // told of the old addresses as well, and is led from there to the new ones.
        foreach (var path in changes.Paths.Concat(changes.FormerPaths))
        {
            if (!await keep())
            {
                return null;
            }

            using var ping = new HttpRequestMessage(HttpMethod.Post, hub);
            ping.Content = new FormUrlEncodedContent([new("hub.mode", "publish"), new("hub.url", addresses.Feed(path).AbsoluteUri)]);
            var reply = await http.SendAsync(ping, bodyBytes: 0, cancellationToken);
            if (!reply.IsSuccess)
            {
                return reply.Reason;
            }
        }

        return null;
    }
}
