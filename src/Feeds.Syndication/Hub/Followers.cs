using Feeds.Articles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>Tells everybody who follows the publication of what changed, each at its own pace.</summary>
internal sealed class Followers
{
    private readonly FollowerBook book;
    private readonly ArticleStore store;
    private readonly FeedLibrary library;
    private readonly RunningWork running;
    private readonly ILogger<Followers> logger;
    private readonly Dictionary<string, IFollower> byName;

    public Followers(
        FollowerBook book,
        SubscriptionBook subscriptions,
        ArticleStore store,
        ArticleHistory history,
        FeedLibrary library,
        FollowerHttp http,
        RunningWork running,
        IOptions<FeedOptions> options,
        IOptions<PublicationOptions> publication,
        ILogger<Followers> logger)
    {
        this.book = book;
        this.store = store;
        this.library = library;
        this.running = running;
        this.logger = logger;
        byName = All().ToDictionary(follower => follower.Name, StringComparer.Ordinal);

        IEnumerable<IFollower> All()
        {
            if (options.Value.Hub.Enabled)
            {
                yield return new HubFollower(subscriptions);
            }

            foreach (var hub in options.Value.Hubs)
            {
                yield return new PingFollower(new Uri(hub), http, publication.Value);
            }

            if (!string.IsNullOrEmpty(options.Value.PurgeHook))
            {
                yield return new PurgeFollower(new Uri(options.Value.PurgeHook), http, history, publication.Value);
            }
        }
    }

    /// <summary>One tick: begins to tell those who are behind.</summary>
    /// <returns>How many.</returns>
    public async Task<int> StartDueAsync(CancellationToken cancellationToken)
    {
        var names = byName.Keys.ToList();
        var state = await store.StateAsync(cancellationToken);
        await book.AddAsync(names, state.Change, cancellationToken);
        var heard = new List<string>();
        foreach (var follower in byName.Values)
        {
            if (await follower.HasAudienceAsync(cancellationToken))
            {
                heard.Add(follower.Name);
            }
        }

        var behind = await book.ClaimAsync(heard, state.Change, cancellationToken);
        foreach (var claim in behind)
        {
            running.Start(() => TellAsync(claim, byName[claim.Name]));
        }

        return behind.Count;
    }

    private async Task TellAsync(FollowerRow claim, IFollower follower)
    {
        var changes = await library.ChangedAfterAsync(claim.Change, CancellationToken.None);
        var trouble = await follower.TellAsync(claim.Change, changes, () => book.KeepAsync(claim, CancellationToken.None), CancellationToken.None);
        if (trouble is not null)
        {
            await book.FailedAsync(claim, CancellationToken.None);
            if (claim.Failures == 0)
            {
                Log.FollowerFailed(logger, follower.Description, trouble);
            }

            return;
        }

        await book.ToldAsync(claim, changes.UpTo, CancellationToken.None);
        if (claim.Failures > 0)
        {
            Log.FollowerWorksAgain(logger, follower.Description);
        }
    }
}
