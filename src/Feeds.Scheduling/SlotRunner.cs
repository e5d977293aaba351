using System.Runtime.ExceptionServices;
using Feeds.Newsletter;
using Microsoft.Extensions.Logging;

namespace Feeds.Scheduling;

/// <summary>Makes the edition of a slot for those who chose one of the times (null: for everybody), once however often it is called: <see cref="Editions"/>.</summary>
internal delegate Task<EditionResult?> MakeEdition(string cadence, DateTimeOffset slot, IReadOnlyCollection<SendTime>? times, CancellationToken cancellationToken);

/// <summary>Decides by the store what a wake-up means. Being woken twice, late or for nothing does no harm.</summary>
internal sealed class SlotRunner(
    CadenceStore cadences, SendTimes times, ScheduleStore schedules, MakeEdition make, TimeProvider clock, ILogger<SlotRunner> log)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>Makes the editions that are due for a cadence, oldest first, and records after each that its slot was dealt with.</summary>
    public async Task RunAsync(string cadence, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var schedule = await schedules.FindAsync(cadence, cancellationToken);
        var stored = await cadences.FindAsync(cadence, cancellationToken);
        if (schedule is null || stored is null || !IsInForce(schedule, stored)
            || SlotPlan.TryCreate(schedule.Cron, schedule.Zone, (await times.ListAsync(cancellationToken))[cadence]) is not { } plan)
        {
            return;
        }

        var due = plan.Decide(schedule.HandledUntil, now);
        if (due.FirstMissed is { } first)
        {
            Log.SlotsMissed(log, cadence, due.Missed, first, due.Reason);
        }

        if (due.Editions.Count > 0)
        {
            await MakeAsync(schedule, due.Editions, cancellationToken);
        }
        else if (due.FirstMissed is not null)
        {
            await schedules.HandledAsync(schedule, now, cancellationToken);
        }
    }

    /// <summary>When to try a slot again that failed: the longer it has been failing the rarer, until the grace is over.</summary>
    public DateTimeOffset RetryAt(DateTimeOffset slot)
    {
        var now = clock.GetUtcNow();
        var late = now - slot;
        return now + (late < ShortestRetry ? ShortestRetry : late > LongestRetry ? LongestRetry : late);
    }

    // One that fails keeps nobody else waiting until its grace is over; it and those after it stay due, and what is made
    // already is not made again.
    private async Task MakeAsync(Schedule schedule, IReadOnlyList<DueEdition> editions, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var edition in editions)
        {
            Log.SlotDue(log, schedule.Cadence, edition.Slot);
            try
            {
                await make(schedule.Cadence, edition.Slot, edition.Times, cancellationToken);
                if (failures.Count == 0)
                {
                    await schedules.HandledAsync(schedule, edition.Slot, cancellationToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                failures.Add(failure);
            }
        }

        switch (failures)
        {
            case []:
                return;
            case [var only]:
                ExceptionDispatchInfo.Throw(only);
                return;
            default:
                throw new AggregateException(failures);
        }
    }

    // A wake-up can come from a schedule that has just been changed, paused or removed.
    private static bool IsInForce(Schedule schedule, Cadence stored) =>
        !stored.Paused
        && string.Equals(stored.Cron, schedule.Cron, StringComparison.Ordinal)
        && string.Equals(stored.Zone, schedule.Zone, StringComparison.Ordinal);
}
