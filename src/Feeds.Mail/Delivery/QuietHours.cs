using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>When no message of a newsletter is begun, by <see cref="MailOptions.QuietHours"/>. What is in flight then is finished.</summary>
/// <remarks>
/// <para>A time that the clocks skip is the first instant after the gap, one that they show twice is the first of the two. Where
/// they skip all of the time between <c>To</c> and <c>From</c>, that day has none.</para>
/// <para>No delivery's due time is moved, so all that came due meanwhile is due at their end, and the worker, which looks once a
/// second, takes it then. The age at which retries end goes on counting meanwhile, for a reader's server measures by the same
/// clock; but it is judged at a refusal only (<see cref="RetryRules.GiveUpAfter"/>) and begins with the first attempt. So nothing
/// expires in quiet hours: what grows too old in them has one attempt more, and what was never tried has all.</para>
/// </remarks>
public sealed class QuietHours
{
    // By more than that, clocks have not been put back at once for decades; three hours were, in Antarctica.
    private static readonly TimeSpan LongestPutBack = TimeSpan.FromHours(3);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TimeProvider clock;
    private readonly TimeZoneInfo? zone;
    private readonly TimeOnly from;
    private readonly TimeOnly to;

    internal QuietHours(IOptions<MailOptions> options, TimeProvider clock)
    {
        this.clock = clock;
        if (options.Value.QuietHours is { } hours)
        {
            (zone, from, to) = (FindZone(hours.TimeZone), Read(hours.From)!.Value, Read(hours.To)!.Value);
        }
    }

    /// <summary>Until when newsletters wait, such as <c>07:00 (Europe/Paris)</c>; null where they needn't.</summary>
    public string? Until => OpeningAfter(clock.GetUtcNow()) is { } opening
        ? string.Create(CultureInfo.InvariantCulture, $"{WallAt(opening):HH:mm} ({zone!.Id})")
        : null;

    /// <summary>Whether newsletters wait now.</summary>
    internal bool IsNow => Hold(clock.GetUtcNow());

    /// <summary>A time such as <c>07:00</c>; null where it is none.</summary>
    internal static TimeOnly? Read(string written) =>
        TimeOnly.TryParseExact(written, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    /// <summary>The zone of that IANA name, or null; also for <c>right/…</c>, whose clocks count leap seconds.</summary>
    internal static TimeZoneInfo? FindZone(string name) =>
        name.Length > 0 && !name.StartsWith("right/", StringComparison.OrdinalIgnoreCase) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId ? zone : null;

    /// <summary>Whether newsletters wait at that instant.</summary>
    internal bool Hold(DateTimeOffset instant) => zone is not null && TimeOnly.FromDateTime(FurthestWallAt(instant)).IsBetween(from, to);

    /// <summary>The first instant after that one at which newsletters needn't wait; null where they needn't at that one.</summary>
    internal DateTimeOffset? OpeningAfter(DateTimeOffset instant)
    {
        if (!Hold(instant))
        {
            return null;
        }

        // Times and changes of clocks are at whole minutes; so no rule about the zones' rules is needed.
        var opening = instant.AddTicks(-(instant.UtcTicks % Minute.Ticks));
        do
        {
            opening += Minute;
        }
        while (Hold(opening));
        return opening;
    }

    private DateTime WallAt(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone!).DateTime;

    /// <summary>The furthest that the clocks have been: an hour that they show again is over already.</summary>
    private DateTime FurthestWallAt(DateTimeOffset instant)
    {
        var wall = WallAt(instant);
        if (WallAt(instant - LongestPutBack) + LongestPutBack <= wall)
        {
            return wall;
        }

        for (var back = Minute; back <= LongestPutBack; back += Minute)
        {
            var earlier = WallAt(instant - back);
            wall = earlier > wall ? earlier : wall;
        }

        return wall;
    }
}
