using Feeds.Newsletter;

namespace Feeds.Scheduling;

/// <summary>An edition that is due.</summary>
/// <param name="Slot">The slot that it is of.</param>
/// <param name="Times">Whose it is: of those who chose one of these; null means of everybody.</param>
internal sealed record DueEdition(DateTimeOffset Slot, IReadOnlyCollection<SendTime>? Times);

/// <summary>What to do about a cadence's slots at an instant.</summary>
/// <param name="Editions">The editions to make, oldest slot first.</param>
/// <param name="FirstMissed">The first slot that somebody gets no edition of, or null.</param>
/// <param name="Missed">How many such slots there are; counting ends at <see cref="MisfireRule.MostCounted"/>.</param>
/// <param name="Reason">Why, for the log.</param>
internal sealed record DueSlots(IReadOnlyList<DueEdition> Editions, DateTimeOffset? FirstMissed, int Missed, string Reason);

/// <summary>
/// The slots of a cadence: when it sends by itself, and when those get it who chose an hour of their own day. What falls on
/// one instant is one slot, whoever it is for; they are in UTC, for they belong to no single zone.
/// </summary>
internal sealed class SlotPlan
{
    private readonly List<Part> parts;
    private readonly bool hours;

    private SlotPlan(List<Part> parts, bool hours)
    {
        this.parts = parts;
        this.hours = hours;
    }

    /// <summary>The slots of a schedule with the times that were chosen for it, or null where the schedule can't be read.</summary>
    public static SlotPlan? TryCreate(string cron, string zone, IEnumerable<ChosenSendTime> chosen)
    {
        if (SlotCalendar.TryCreate(cron, zone) is not { } calendar)
        {
            return null;
        }

        var plan = new SlotPlan([new Part(SendTime.OfCadence, calendar, DateTimeOffset.MinValue)], OwnHour.IsOffered(cron));
        foreach (var (time, since) in plan.hours ? chosen : [])
        {
            var own = OwnHour.Schedule(cron, zone, time);
            if (SlotCalendar.TryCreate(own.Cron, own.Zone) is { } ownCalendar)
            {
                plan.parts.Add(new Part(time, ownCalendar, since));
            }
        }

        return plan;
    }

    /// <summary>The first slot of any of the times that was not dealt with; null where there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset handledUntil) => parts.Min(part => part.Calendar.Next(part.From(handledUntil)))?.ToUniversalTime();

    /// <summary>
    /// Decides about the slots after <paramref name="handledUntil"/> up to and including <paramref name="now"/>, for each time
    /// by <see cref="MisfireRule"/>: those whose hour was missed long ago must not keep others from an edition that is fresh.
    /// </summary>
    public DueSlots Decide(DateTimeOffset handledUntil, DateTimeOffset now)
    {
        var decisions = parts.ConvertAll(part => (part.Time, Slots: MisfireRule.Decide(part.Calendar, part.From(handledUntil), now)));
        var editions = decisions
            .Where(decision => decision.Slots.Slot is not null)
            .GroupBy(decision => decision.Slots.Slot!.Value.ToUniversalTime(), decision => decision.Time)
            .OrderBy(group => group.Key)
            .Select(group => new DueEdition(group.Key, hours ? [.. group] : null))
            .ToList();

        var late = decisions.Where(decision => decision.Slots.Missed.Count > 0).Select(decision => decision.Slots).ToList();
        return late.Count == 0
            ? new DueSlots(editions, null, 0, "")
            : new DueSlots(
                editions,
                late.Min(decision => decision.Missed[0]).ToUniversalTime(),
                Math.Min(MisfireRule.MostCounted, late.SelectMany(decision => decision.Missed).Distinct().Count()),
                late.TrueForAll(decision => decision.Slot is not null) ? "the latest slot has their articles" : "they are too late, the next slot has their articles");
    }

    private sealed record Part(SendTime Time, SlotCalendar Calendar, DateTimeOffset Since)
    {
        // Whoever chose a time was promised the slots from then on.
        public DateTimeOffset From(DateTimeOffset handledUntil) => handledUntil > Since ? handledUntil : Since;
    }
}
