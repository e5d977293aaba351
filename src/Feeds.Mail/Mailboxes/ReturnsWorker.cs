using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Ticks <see cref="MailboxReader"/> as long as there is more, and then when something may have come.</summary>
internal sealed class ReturnsWorker(IReturnsMailbox? mailbox, MailboxReader? reader, TimeProvider clock, ILogger<ReturnsWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (reader is not null && mailbox is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await TryAsync(reader, stoppingToken))
                {
                    await mailbox.WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // What is not done with lies in the mailbox.
            }
        }

        if (mailbox is not null)
        {
            await mailbox.DisposeAsync();
        }
    }

    private async Task<bool> TryAsync(MailboxReader open, CancellationToken stoppingToken)
    {
        try
        {
            return await open.TickAsync(stoppingToken);
        }
        catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
        {
            Log.MailboxFailed(logger, failed);
            await Task.Delay(Pause, clock, stoppingToken);
            return true;
        }
    }
}
