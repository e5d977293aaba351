namespace Feeds.Scheduling;

/// <summary>What to do about the slots of a calendar at an instant.</summary>
/// <param name="Slot">The slot to make an edition for, or null.</param>
/// <param name="Missed">The slots that get none because they are too late or a later one is due, oldest first, at most <see cref="MisfireRule.MostCounted"/>.</param>
internal sealed record SlotDecision(DateTimeOffset? Slot, IReadOnlyList<DateTimeOffset> Missed);

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
        return new SlotDecision(slot, [.. calendar.After(handledUntil).TakeWhile(passed => passed <= now && passed != slot).Take(MostCounted)]);
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
