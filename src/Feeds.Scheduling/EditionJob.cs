using Microsoft.Extensions.Logging;
using Quartz;

namespace Feeds.Scheduling;

/// <summary>
/// What Quartz runs when a wake-up comes. That a slot has one edition is the store's doing (its unique key), so nothing
/// here or in Quartz keeps two runs apart.
/// </summary>
internal sealed class EditionJob(SlotRunner runner, ScheduleFollower follower, ILogger<EditionJob> log) : IJob
{
    public static readonly JobKey Key = new("edition");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var (cadence, slot) = WakeUps.Read(context.Trigger);
        try
        {
            await runner.RunAsync(cadence, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var retry = runner.RetryAt(slot);
            Log.SlotFailed(log, failure, cadence, slot, retry);
            await follower.PostponeAsync(cadence, slot, retry, cancellationToken);
            return;
        }

        await follower.FollowAsync(cancellationToken);
    }
}
