using System.Globalization;
using Feeds.Newsletter;

namespace Feeds.Scheduling;

/// <summary>
/// What a cadence's schedule becomes for somebody who chose an hour of their own day: its days, at that hour of their zone.
/// Only an expression with one time a day has days to give; one with several a day knows nothing but its own times.
/// </summary>
internal static class OwnHour
{
    /// <summary>Whether the subscribers of such a cadence may choose an hour.</summary>
    public static bool IsOffered(string cron) => Days(cron) is not null;

    /// <summary>
    /// Expression and zone by which somebody with that time gets the cadence's editions. A zone that the machine's zone data
    /// has no more is stood in for by the cadence's: better at an hour near to theirs than never.
    /// </summary>
    public static (string Cron, string Zone) Schedule(string cron, string zone, SendTime time) =>
        time.IsOfCadence || Days(cron) is not { } days
            ? (cron, zone)
            : (string.Create(CultureInfo.InvariantCulture, $"0 0 {time.Hour} {days}"), Zones.Find(time.Zone) is null ? zone : time.Zone);

    // The fields from the day of the month on, where seconds, minutes and hours are a number each.
    private static string? Days(string cron)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 6 or 7 && fields[..3].All(field => field.All(char.IsAsciiDigit)) ? string.Join(' ', fields[3..]) : null;
    }
}
