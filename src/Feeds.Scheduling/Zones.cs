namespace Feeds.Scheduling;

/// <summary>The zones of a part of the world.</summary>
/// <param name="Region">What their names begin with (<c>Europe</c>), or <c>UTC</c>.</param>
/// <param name="Names">IANA names, by name.</param>
public sealed record ZoneRegion(string Region, IReadOnlyList<string> Names);

/// <summary>IANA zones, from the zone data of the machine, which is updated when governments change their minds.</summary>
public static class Zones
{
    internal const int LongestName = 64;

    private static readonly string[] Regions =
        ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC"];

    /// <summary>
    /// The zones to offer to somebody who chooses theirs, region by region: one name for each place, of the present, and
    /// UTC last. <see cref="CronCheck.ZoneRefusal"/> takes these and also the other names that places have.
    /// </summary>
    public static IReadOnlyList<ZoneRegion> Offered { get; } =
    [
        .. Regions
            .Select(region => new ZoneRegion(region, [.. TimeZoneInfo.GetSystemTimeZones()
                .Select(zone => zone.Id)
                .Where(id => (id + "/").StartsWith(region + "/", StringComparison.Ordinal) && Find(id) is not null)
                .Order(StringComparer.Ordinal)]))
            .Where(region => region.Names.Count > 0),
    ];

    /// <summary>The zone of that IANA name (<c>Europe/Paris</c>, exact case), or null.</summary>
    internal static TimeZoneInfo? Find(string name)
    {
        // "right/…" counts leap seconds, and the machine's names for other systems would be read, too.
        if (name.Length is 0 or > LongestName
            || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '-' or '+')
            || name.StartsWith("right/", StringComparison.Ordinal)
            || name.StartsWith("posix/", StringComparison.Ordinal)
            || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            || !string.Equals(zone.Id, name, StringComparison.Ordinal)
            || (!zone.HasIanaId && !string.Equals(name, "UTC", StringComparison.Ordinal)))
        {
            return null;
        }

        return zone;
    }

    /// <summary>The known name that an unknown one was probably meant to be, or null where none is near.</summary>
    internal static string? Nearest(string name)
    {
        var typed = name.Trim();
        if (typed.Length is 0 or > LongestName)
        {
            return null;
        }

        if (TimeZoneInfo.TryConvertWindowsIdToIanaId(typed, out var converted))
        {
            return converted;
        }

        var words = typed.Replace(' ', '_').ToUpperInvariant();
        return TimeZoneInfo.GetSystemTimeZones()
            .Select(zone => (zone.Id, Distance: Math.Min(Distance(words, zone.Id.ToUpperInvariant()), Distance(words, City(zone.Id)))))
            .Where(near => near.Distance <= 1 + (words.Length / 4))
            .OrderBy(near => near.Distance)
            .ThenBy(near => near.Id, StringComparer.Ordinal)
            .Select(near => near.Id)
            .FirstOrDefault(id => Find(id) is not null);
    }

    private static string City(string id) => id[(id.LastIndexOf('/') + 1)..].ToUpperInvariant();

    // Levenshtein: how many letters to add, drop or change.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
