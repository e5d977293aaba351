namespace Feeds.Newsletter;

/// <summary>When of a cadence's days somebody gets its editions: when the cadence says, or at an hour of their own day.</summary>
/// <param name="Zone">IANA zone; empty in <see cref="OfCadence"/>.</param>
/// <param name="Hour">Full hour on the zone's clocks, 0–23; -1 in <see cref="OfCadence"/>.</param>
public sealed record SendTime(string Zone, int Hour)
{
    /// <summary>The instant that the cadence names, the same for everybody who takes it.</summary>
    public static SendTime OfCadence { get; } = new("", -1);

    /// <summary>Whether it is <see cref="OfCadence"/>.</summary>
    public bool IsOfCadence => Hour < 0;

    /// <summary>Whether hour and zone are such that it can be chosen; a zone that the machine's data lost later goes on as the cadence's.</summary>
    public bool IsValid => Hour is >= 0 and <= 23
        && Zone.Length is > 0 and <= 100
        && !Zone.StartsWith("right/", StringComparison.Ordinal)
        && !Zone.StartsWith("posix/", StringComparison.Ordinal)
        && TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone)
        && string.Equals(zone.Id, Zone, StringComparison.Ordinal)
        && (zone.HasIanaId || string.Equals(Zone, "UTC", StringComparison.Ordinal));
}

/// <summary>A time that subscribers of a cadence chose.</summary>
/// <param name="Time">Which.</param>
/// <param name="Since">When the first of them chose it: only later slots are promised.</param>
public sealed record ChosenSendTime(SendTime Time, DateTimeOffset Since);
