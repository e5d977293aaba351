using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Syndication;

/// <summary>Lets the feeds follow the article store while the program serves.</summary>
internal sealed class SyndicationWorker(FeedLibrary library, TimeProvider clock, ILogger<SyndicationWorker> logger) : BackgroundService
{
    /// <summary>A saved file shall be in its feeds within a second; the import takes its part of that.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private bool failing;

    /// <summary>One look at the store. A look that fails is logged once, until one succeeds again.</summary>
    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            var changed = await library.RefreshAsync(cancellationToken);
            if (changed.Count > 0)
            {
                Log.FeedsChanged(logger, changed.Count);
            }

            if (failing)
            {
                failing = false;
                Log.RefreshWorksAgain(logger);
            }
        }
        catch (Exception reason) when (reason is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!failing)
            {
                failing = true;
                Log.RefreshFailed(logger, reason);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await TickAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
