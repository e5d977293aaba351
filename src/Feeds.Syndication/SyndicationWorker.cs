using Feeds.Articles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Syndication;

/// <summary>Lets the feeds follow the article store while the program serves.</summary>
internal sealed class SyndicationWorker(FeedLibrary library, ChangeSignal signal, ILogger<SyndicationWorker> logger) : BackgroundService
{
    /// <summary>Nobody tells of what other processes commit; what they import shall be in the feeds within a second.</summary>
    private static readonly TimeSpan LookAnyway = TimeSpan.FromMilliseconds(500);

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
        while (true)
        {
            var committed = signal.Next;
            await TickAsync(stoppingToken);
            await signal.WaitAsync(committed, LookAnyway, stoppingToken);
        }
    }
}
