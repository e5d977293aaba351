using System.Globalization;
using Quartz;

namespace Feeds.Scheduling;

/// <summary>A wake-up as Quartz's store holds it.</summary>
/// <param name="Slot">The slot it is for.</param>
/// <param name="At">When it comes; later than the slot where that failed and is tried again.</param>
/// <param name="IsBroken">Quartz gave it up.</param>
internal sealed record WakeUp(DateTimeOffset Slot, DateTimeOffset At, bool IsBroken);

/// <summary>
/// The wake-ups in Quartz's store, one a cadence: a trigger for one instant, since which instants these are is decided by
/// <see cref="SlotCalendar"/>. They ignore Quartz's misfire handling — a late trigger always fires at once — so that
/// <see cref="MisfireRule"/> alone says what lateness means.
/// </summary>
internal sealed class WakeUps(ISchedulerFactory schedulers)
{
    private const string Group = "cadence";
    private const int Most = 1000;

    public async Task<IReadOnlyDictionary<string, WakeUp>> ListAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var wakeUps = new Dictionary<string, WakeUp>(StringComparer.Ordinal);
        var query = new TriggerQuery { Group = GroupMatcher<TriggerKey>.GroupEquals(Group), Take = Most };
        foreach (var trigger in (await scheduler.QueryTriggers(query, cancellationToken)).Items)
        {
            var slot = DateTimeOffset.TryParse(trigger.Description, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var described)
                ? described
                : trigger.StartTimeUtc;
            wakeUps[trigger.Key.Name] = new WakeUp(slot, trigger.StartTimeUtc, trigger.State == TriggerState.Error);
        }

        return wakeUps;
    }

    public async Task ArmAsync(string cadence, DateTimeOffset slot, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity(cadence, Group)
            .WithDescription(slot.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .ForJob(EditionJob.Key)
            .StartAt(at.ToUniversalTime())
            .WithSchedule(SimpleScheduleBuilder.Create().WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .Build();
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
    }

    public async Task DisarmAsync(string cadence, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.UnscheduleJob(new TriggerKey(cadence, Group), cancellationToken);
    }

    /// <summary>The cadence and slot that a trigger woke for.</summary>
    public static (string Cadence, DateTimeOffset Slot) Read(ITrigger trigger) =>
        (trigger.Key.Name, DateTimeOffset.Parse(trigger.Description!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
}
