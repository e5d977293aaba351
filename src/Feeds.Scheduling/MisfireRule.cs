namespace Feeds.Scheduling;

/// <summary>What to do about the slots of a schedule at an instant.</summary>
/// <param name="Slot">The slot to make an edition for, or null.</param>
/// <param name="FirstMissed">The first slot that gets none because it is too late or a later one is due, or null.</param>
/// <param name="Missed">How many such slots there are; counting ends at <see cref="MisfireRule.MostCounted"/>.</param>
/// <param name="Reason">Why, for the log.</param>
internal sealed record SlotDecision(DateTimeOffset? Slot, DateTimeOffset? FirstMissed, int Missed, string Reason);

/// <summary>
/// The rule for slots that nobody was there for: late by less than the grace, the edition is sent once, for the latest
/// missed slot only; else it waits for the next slot. No article is lost by that: the next edition has all that is new.
/// </summary>
internal static class MisfireRule
{
    public const int MostCounted = 1000;

    /// <summary>A morning mail may still come before lunch, not in the evening.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(3);

    /// <summary>Decides about the slots after <paramref name="handledUntil"/> up to and including <paramref name="now"/>.</summary>
    public static SlotDecision Decide(SlotCalendar calendar, DateTimeOffset handledUntil, DateTimeOffset now)
    {
        var floor = now - Grace;
        var slot = LastUntil(calendar, handledUntil > floor ? handledUntil : floor, now);
        var first = calendar.Next(handledUntil);
        if (first is null || first > now || first == slot)
        {
            return new SlotDecision(slot, null, 0, "");
        }

        var missed = calendar.After(handledUntil).TakeWhile(passed => passed <= now && passed != slot).Take(MostCounted).Count();
        return new SlotDecision(slot, first, missed, slot is null ? "they are too late, the next slot has their articles" : "the latest slot has their articles");
    }

    private static DateTimeOffset? LastUntil(SlotCalendar calendar, DateTimeOffset after, DateTimeOffset now)
    {
        // Slots are at least a minute apart, so the grace bounds this.
        DateTimeOffset? last = null;
        foreach (var slot in calendar.After(after).TakeWhile(slot => slot <= now))
        {
            last = slot;
        }

        return last;
    }
}
