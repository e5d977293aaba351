using Feeds.Newsletter;
using Microsoft.Extensions.Logging;

namespace Feeds.Scheduling;

/// <summary>
/// Makes schedules and wake-ups equal to the cadences in the store, whoever changed these. Several processes on one
/// database may do it at once: each step is the same whoever takes it.
/// </summary>
internal sealed class ScheduleFollower(
    CadenceStore cadences, SendTimes sendTimes, ScheduleStore schedules, WakeUps wakeUps, TimeProvider clock, ILogger<ScheduleFollower> log) : IDisposable
{
    // How long a wake-up may be overdue before it is set anew: Quartz can lose one together with the node that held it.
    private static readonly TimeSpan Lost = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FullCheck = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim turn = new(1);
    private Dictionary<string, DateTimeOffset> expected = new(StringComparer.Ordinal);
    private Dictionary<string, NextSlot> nextSlots = new(StringComparer.Ordinal);
    private Dictionary<string, long> unreadable = new(StringComparer.Ordinal);
    private DateTimeOffset lastCheck = DateTimeOffset.MinValue;
    private volatile bool serving;
    private bool failing;

    /// <summary>From now on <see cref="FollowAsync"/> sets wake-ups; before, it does nothing.</summary>
    public void Begin() => serving = true;

    /// <summary>From now on nothing is set any more.</summary>
    public void End() => serving = false;

    /// <summary>One tick: reads cadences, chosen times and schedules, and touches Quartz only where these changed or something is overdue.</summary>
    public Task FollowAsync(CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                var now = clock.GetUtcNow();
                var slots = await NextSlotsAsync(now, cancellationToken);
                if (!IsSame(slots, expected) || now - lastCheck >= FullCheck || now < lastCheck || slots.Values.Any(slot => slot < now - Overdue))
                {
                    await SetAsync(slots, now, cancellationToken);
                    expected = slots;
                    lastCheck = now;
                }
            },
            cancellationToken);

    /// <summary>Sets the wake-up of a slot that failed to a later instant.</summary>
    public Task PostponeAsync(string cadence, DateTimeOffset slot, DateTimeOffset until, CancellationToken cancellationToken) =>
        InTurnAsync(() => wakeUps.ArmAsync(cadence, slot, until, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async Task InTurnAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (serving)
            {
                await act();
                failing = false;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A database that is away for an hour is one line, not one a second.
            if (serving && !failing)
            {
                failing = true;
                Log.FollowFailed(log, failure);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    // The first slot of each schedule in force that was not dealt with; it may have passed.
    private async Task<Dictionary<string, DateTimeOffset>> NextSlotsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = await cadences.ListAsync(cancellationToken);
        var rows = (await schedules.ListAsync(cancellationToken)).ToDictionary(row => row.Cadence, StringComparer.Ordinal);
        var changed = false;
        foreach (var cadence in stored)
        {
            rows.TryGetValue(cadence.Name, out var row);
            if (IsWanted(cadence, now) ? row is null || row.Revision < cadence.Revision : row is not null)
            {
                await schedules.FollowAsync(cadence, now, cancellationToken);
                changed = true;
            }
        }

        foreach (var row in rows.Values.Where(row => !stored.Any(cadence => string.Equals(cadence.Name, row.Cadence, StringComparison.Ordinal))))
        {
            await schedules.LiftAsync(row.Cadence, row.Revision, cancellationToken);
            changed = true;
        }

        var times = await sendTimes.ListAsync(cancellationToken);
        nextSlots = (changed ? await schedules.ListAsync(cancellationToken) : [.. rows.Values])
            .ToDictionary(row => row.Cadence, row => NextSlotOf(row, [.. times[row.Cadence]]), StringComparer.Ordinal);
        return nextSlots.Values.Where(next => next.Slot is not null).ToDictionary(next => next.Schedule.Cadence, next => next.Slot!.Value, StringComparer.Ordinal);
    }

    // Hundreds of times have to be looked up in calendars, which is too much for each second: what they come to is kept.
    private NextSlot NextSlotOf(Schedule schedule, List<ChosenSendTime> times) =>
        nextSlots.TryGetValue(schedule.Cadence, out var known) && known.Schedule == schedule && known.Times.SequenceEqual(times)
            ? known
            : new NextSlot(schedule, times, SlotPlan.TryCreate(schedule.Cron, schedule.Zone, times)?.Next(schedule.HandledUntil));

    private bool IsWanted(Cadence cadence, DateTimeOffset now)
    {
        if (cadence.Paused)
        {
            return false;
        }

        if (SlotCalendar.TryCreate(cadence.Cron, cadence.Zone) is not null)
        {
            return true;
        }

        if (!unreadable.TryGetValue(cadence.Name, out var told) || told != cadence.Revision)
        {
            unreadable[cadence.Name] = cadence.Revision;
            Log.Unreadable(log, cadence.Name, CronCheck.Refusal(cadence.Cron, cadence.Zone, now, "en") ?? cadence.Cron);
        }

        return false;
    }

    private async Task SetAsync(Dictionary<string, DateTimeOffset> slots, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var set = await wakeUps.ListAsync(cancellationToken);
        var starting = lastCheck == DateTimeOffset.MinValue;
        foreach (var (cadence, slot) in slots)
        {
            // On starting, a wake-up that has come may belong to a process that died of it.
            if (!set.TryGetValue(cadence, out var wakeUp) || wakeUp.Slot != slot || wakeUp.IsBroken || wakeUp.At < now - Lost || (starting && wakeUp.At <= now))
            {
                await wakeUps.ArmAsync(cadence, slot, slot < now ? now : slot, cancellationToken);
                Log.Armed(log, cadence, slot);
            }
        }

        foreach (var cadence in set.Keys.Where(cadence => !slots.ContainsKey(cadence)))
        {
            await wakeUps.DisarmAsync(cadence, cancellationToken);
            Log.Disarmed(log, cadence);
        }
    }

    private static bool IsSame(Dictionary<string, DateTimeOffset> one, Dictionary<string, DateTimeOffset> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var slot) && slot == pair.Value);

    // The first slot that was not dealt with, and what it was computed from.
    private sealed record NextSlot(Schedule Schedule, List<ChosenSendTime> Times, DateTimeOffset? Slot);
}
