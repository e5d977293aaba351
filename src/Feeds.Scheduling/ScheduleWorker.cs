using Microsoft.Extensions.Hosting;

namespace Feeds.Scheduling;

/// <summary>Follows the cadence store once a second, so that a change made by another process takes force without a restart.</summary>
internal sealed class ScheduleWorker(ScheduleFollower follower, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>When the host has started, the schedules are in force.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        follower.Begin();
        await follower.FollowAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        follower.End();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await follower.FollowAsync(stoppingToken);
        }
    }
}
