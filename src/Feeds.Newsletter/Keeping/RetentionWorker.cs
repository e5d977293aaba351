using System.Data.Common;
using Feeds.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter;

/// <summary>Runs <see cref="Retention"/> once a day. It begins some minutes after the start, which has enough to do.</summary>
internal sealed class RetentionWorker(Retention retention, TimeProvider clock, ILogger<RetentionWorker> log) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);
    private PeriodicTimer? timer;

    /// <summary>When the host has started, the minutes are counted.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        timer = new PeriodicTimer(First, clock);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await timer!.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = Interval;
            try
            {
                await retention.RunAsync(stoppingToken);
            }
            catch (Exception trouble) when (trouble is DbException or StorageException)
            {
                // What was done is kept; tomorrow goes on.
                log.RetentionFailed(trouble);
            }
        }
    }
}
