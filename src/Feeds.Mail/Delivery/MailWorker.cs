using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Ticks <see cref="DeliveryLoop"/> every second, and at once when <see cref="Outbox.Announce"/> says so.</summary>
internal sealed class MailWorker(DeliveryLoop loop, DeliverySignal signal, TimeProvider clock, ILogger<MailWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(() => loop.TickAsync(stoppingToken));
            try
            {
                await signal.WaitAsync(Interval, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The messages in flight are finished; that was the last tick.
            }
        }

        await TryAsync(loop.ReleaseAsync);
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failed)
        {
            Log.TickFailed(logger, failed);
        }
    }
}
