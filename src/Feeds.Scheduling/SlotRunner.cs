using Feeds.Newsletter;
using Microsoft.Extensions.Logging;

namespace Feeds.Scheduling;

/// <summary>Makes the edition of a slot, once however often it is called: <see cref="Editions.MakeAsync"/>.</summary>
internal delegate Task<EditionResult?> MakeEdition(string cadence, DateTimeOffset slot, CancellationToken cancellationToken);

/// <summary>Decides by the store what a wake-up means. Being woken twice, late or for nothing does no harm.</summary>
internal sealed class SlotRunner(CadenceStore cadences, ScheduleStore schedules, MakeEdition make, TimeProvider clock, ILogger<SlotRunner> log)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>Makes the edition that is due for a cadence, if any, and records that its slot was dealt with.</summary>
    public async Task RunAsync(string cadence, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var schedule = await schedules.FindAsync(cadence, cancellationToken);
        var stored = await cadences.FindAsync(cadence, cancellationToken);
        if (schedule is null || stored is null || !IsInForce(schedule, stored) || SlotCalendar.TryCreate(schedule.Cron, schedule.Zone) is not { } calendar)
        {
            return;
        }

        var decision = MisfireRule.Decide(calendar, schedule.HandledUntil, now);
        if (decision.FirstMissed is { } first)
        {
            Log.SlotsMissed(log, cadence, decision.Missed, first, decision.Reason);
        }

        if (decision.Slot is { } slot)
        {
            Log.SlotDue(log, cadence, slot);
            await make(cadence, slot.ToUniversalTime(), cancellationToken);
            await schedules.HandledAsync(schedule, slot, cancellationToken);
        }
        else if (decision.FirstMissed is not null)
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

    // A wake-up can come from a schedule that has just been changed, paused or removed.
    private static bool IsInForce(Schedule schedule, Cadence stored) =>
        !stored.Paused
        && string.Equals(stored.Cron, schedule.Cron, StringComparison.Ordinal)
        && string.Equals(stored.Zone, schedule.Zone, StringComparison.Ordinal);
}
