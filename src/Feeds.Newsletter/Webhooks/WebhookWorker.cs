using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Webhooks;

/// <summary>
/// Steps <see cref="WebhookDesk"/> while the program serves: every second, as anybody's transaction may have written an
/// event, and at once when an exchange has ended. Without webhooks it ends at once.
/// </summary>
internal sealed class WebhookWorker(ConfiguredWebhooks webhooks, WebhookBook book, WebhookDesk desk, RunningExchanges running, WebhookSignal signal, ILogger<WebhookWorker> log) : BackgroundService
{
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(1);

    private bool isFailing;

    /// <summary>From here on events are written for the configured webhooks, before anybody can ask for anything.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await book.SetAsync(webhooks.All, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (webhooks.All.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            var raised = signal.Next;
            try
            {
                await desk.StepAsync(stoppingToken);
                isFailing = false;
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                // A database that is away for an hour is one line, not one a second.
                if (!isFailing)
                {
                    isFailing = true;
                    log.WebhooksFailed(failed);
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }

            try
            {
                await signal.WaitAsync(raised, LookAnyway, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The program ends.
            }
        }

        await running.WhenDoneAsync();
    }
}
