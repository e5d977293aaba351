using Quartz;

namespace Feeds.Scheduling;

/// <summary>
/// The slots of a cron expression in a zone. The expression names times on the wall: one that the clocks skip is sent at
/// the first valid instant after the gap, one that they show twice is sent the first time only, and several that fall on
/// one instant are one slot. So a daily slot comes once on each day, and a slot of every 15 minutes pauses for the
/// repeated hour of autumn rather than naming an instant twice.
/// </summary>
internal sealed class SlotCalendar
{
    // Read in UTC, the expression yields times on the wall; which instants these are is our rule, not Quartz's, whose
    // own skips a missing hour.
    private readonly CronExpression walls;
    private readonly TimeZoneInfo zone;

    /// <exception cref="FormatException">The expression can't be read or the zone is unknown.</exception>
    public SlotCalendar(string cron, string zone)
    {
        walls = CronExpression.Parse(cron).WithTimeZone(TimeZoneInfo.Utc);
        this.zone = Zones.Find(zone) ?? throw new FormatException($"There is no zone “{zone}”.");
    }

    /// <summary>The calendar, or null where <see cref="CronCheck"/> would refuse expression or zone.</summary>
    public static SlotCalendar? TryCreate(string cron, string zone)
    {
        try
        {
            return new SlotCalendar(cron, zone);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The first slot after an instant, with the zone's offset at that slot; null where there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var wall = new DateTimeOffset(TimeZoneInfo.ConvertTime(after, zone).DateTime, TimeSpan.Zero);
        while (walls.GetNextValidTimeAfter(wall) is { } next)
        {
            var slot = WallClock.FirstInstant(zone, next.DateTime);
            if (slot > after)
            {
                return slot;
            }

            wall = next;
        }

        return null;
    }

    /// <summary>The slots after an instant, in order.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset instant)
    {
        for (var slot = Next(instant); slot is { } found; slot = Next(found))
        {
            yield return found;
        }
    }

    /// <summary>Whether two slots can be less than a minute apart, which only several seconds of one minute do.</summary>
    public bool IsTooDense(DateTimeOffset from)
    {
        var previous = from;
        for (var seen = 0; seen < 3 && walls.GetNextValidTimeAfter(previous) is { } next; seen++)
        {
            if (seen > 0 && next - previous < TimeSpan.FromMinutes(1))
            {
                return true;
            }

            previous = next;
        }

        return false;
    }
}
