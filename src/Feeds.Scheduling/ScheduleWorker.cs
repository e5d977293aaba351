using Microsoft.Extensions.Hosting;

namespace Feeds.Scheduling;

/// <summary>Follows the cadence store once a second, so that a change made by another process takes force without a restart.</summary>
internal sealed class ScheduleWorker(ScheduleFollower follower, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private PeriodicTimer? timer;

    /// <summary>When the host has started, the schedules are in force and the seconds are counted.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        timer = new PeriodicTimer(Interval, clock);
        follower.Begin();
        await follower.FollowAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        follower.End();
        await base.StopAsync(cancellationToken);
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
            await follower.FollowAsync(stoppingToken);
        }
    }
}
