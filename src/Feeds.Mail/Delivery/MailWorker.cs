using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Ticks <see cref="DeliveryLoop"/> every second, and at once when <see cref="Outbox.Announce"/> says so.</summary>
/// <remarks>
/// A host stops its services one after the other, and another's stop may take long: so what counts is that it is stopping.
/// </remarks>
internal sealed class MailWorker(DeliveryLoop loop, DeliverySignal signal, TimeProvider clock, ILogger<MailWorker> logger, IHostApplicationLifetime? host = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host?.ApplicationStopping ?? CancellationToken.None);
        while (!stopping.IsCancellationRequested)
        {
            await TryAsync(() => loop.TickAsync(stopping.Token));
            try
            {
                await signal.WaitAsync(Interval, clock, stopping.Token);
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
