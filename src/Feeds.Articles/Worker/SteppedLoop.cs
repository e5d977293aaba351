using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Articles.Worker;

/// <summary>Takes a step at every interval of the clock, or sooner. A step that fails is said once, not at every try.</summary>
internal abstract class SteppedLoop(string work, TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>One step; tests take it themselves.</summary>
    public abstract Task TickAsync(CancellationToken cancellationToken);

    /// <summary>Waits for the next step.</summary>
    protected virtual Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(interval, clock, cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first step may be long; the start of the program does not wait for it.
        await Task.Yield();
        var isFailing = false;
        while (true)
        {
            try
            {
                await TickAsync(stoppingToken);
                if (isFailing)
                {
                    isFailing = false;
                    Log.TickRecovered(logger, work);
                }
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    isFailing = true;
                    Log.TickFailed(logger, failed, work);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }

            await WaitAsync(stoppingToken);
        }
    }
}
