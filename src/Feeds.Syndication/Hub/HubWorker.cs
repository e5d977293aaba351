using Feeds.Articles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>
/// Carries changes to whoever follows them and to the hub's subscribers: at once after a commit of this process, and
/// otherwise within seconds. What is to be done stands in the database, so it makes no difference when a process ends.
/// </summary>
internal sealed class HubWorker(
    Followers followers,
    SubscriptionWork subscriptions,
    RunningWork running,
    ChangeSignal commits,
    WorkSignal signal,
    IOptions<FeedOptions> options,
    TimeProvider clock,
    ILogger<HubWorker> logger) : BackgroundService
{
    /// <summary>How soon another process's commit is seen, and what a process that ended left behind.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private bool isFailing;

    /// <summary>One tick: begins whatever is due, and does not wait for its end.</summary>
    /// <returns>How many pieces of work it began.</returns>
    internal async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var begun = await followers.StartDueAsync(cancellationToken);
        return options.Value.Hub.Enabled ? begun + await subscriptions.StartDueAsync(cancellationToken) : begun;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before looking, so that nothing falls between.
            var woken = Task.WhenAny(commits.Next, signal.Next);
            await TryAsync(stoppingToken);
            try
            {
                await woken.WaitAsync(Interval, clock, stoppingToken);
            }
            catch (Exception over) when (over is TimeoutException or OperationCanceledException)
            {
                // Time to look, or to end.
            }
        }

        await running.WhenDoneAsync();
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await TickAsync(stoppingToken);
            if (isFailing)
            {
                isFailing = false;
                Log.HubWorksAgain(logger);
            }
        }
        catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
        {
            if (!isFailing)
            {
                isFailing = true;
                Log.HubFailed(logger, failed);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }
}
