namespace Feeds.Scheduling;

/// <summary>From a time on the wall to the instant that it means in a zone, also where the clocks are changed.</summary>
internal static class WallClock
{
    // Local time is at most this far ahead of and behind UTC, in every zone there is.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(14);
    private static readonly TimeSpan Behind = TimeSpan.FromHours(12);

    /// <summary>
    /// The first instant at which the zone's clocks show <paramref name="wall"/>; where they never do, the first valid
    /// instant after the gap. It asks the zone only for offsets of instants, so it needs no rule about rules and holds for
    /// half-hour changes, negative summer time and a skipped day.
    /// </summary>
    public static DateTimeOffset FirstInstant(TimeZoneInfo zone, DateTime wall)
    {
        var early = new DateTimeOffset(wall, TimeSpan.Zero) - Ahead;
        var late = new DateTimeOffset(wall, TimeSpan.Zero) + Behind;
        var before = zone.GetUtcOffset(early);
        var after = zone.GetUtcOffset(late);

        // The larger offset names the earlier of two instants.
        foreach (var offset in before >= after ? [before, after] : (ReadOnlySpan<TimeSpan>)[after, before])
        {
            var instant = new DateTimeOffset(wall, offset);
            if (zone.GetUtcOffset(instant) == offset)
            {
                return instant;
            }
        }

        while (late - early > TimeSpan.FromSeconds(1))
        {
            var middle = early + TimeSpan.FromSeconds(Math.Floor((late - early).TotalSeconds / 2));
            if (zone.GetUtcOffset(middle) == before)
            {
                early = middle;
            }
            else
            {
                late = middle;
            }
        }

        return TimeZoneInfo.ConvertTime(late, zone);
    }
}
