using Microsoft.Extensions.Hosting;
using Quartz;

namespace Feeds.Scheduling;

/// <summary>Follows the cadence store once a second, so that a change made by another process takes force without a restart.</summary>
internal sealed class ScheduleWorker(ScheduleFollower follower, ISchedulerFactory schedulers, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        follower.Begin(new WakeUps(await schedulers.GetScheduler(stoppingToken)));
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await follower.FollowAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        follower.End();
        await base.StopAsync(cancellationToken);
    }
}
