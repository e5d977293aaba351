using System.Globalization;
using Feeds.Newsletter;

namespace Feeds.Scheduling.Tests;

/// <summary>A cadence as people understand it: on which days, and at what time of theirs.</summary>
internal sealed record CadenceModel(string Name, string Cron, int Hour, int Minute, bool Carries, Func<DateOnly, bool> IsDay)
{
    private const string OwnZone = "Europe/Paris";

    public static IReadOnlyList<CadenceModel> All { get; } =
    [
        new("daily", "0 30 7 * * ?", 7, 30, false, _ => true),
        new("weekly", "0 0 8 ? * MON", 8, 0, true, day => day.DayOfWeek == DayOfWeek.Monday),
        new("monthly", "0 0 9 ? * TUE#1", 9, 0, false, day => day is { DayOfWeek: DayOfWeek.Tuesday, Day: <= 7 }),
    ];

    public IEnumerable<(string Key, string Value)> Settings(int place, string newsletter, int maximum) =>
    [
        ($"Newsletter:Cadences:{place}:Name", Name),
        ($"Newsletter:Cadences:{place}:Newsletter", newsletter),
        ($"Newsletter:Cadences:{place}:Cron", Cron),
        ($"Newsletter:Cadences:{place}:Zone", OwnZone),
        ($"Newsletter:Cadences:{place}:Overflow", Carries ? "Carry" : "Count"),
        ($"Newsletter:Cadences:{place}:MaximumArticles", maximum.ToString(CultureInfo.InvariantCulture)),
    ];

    public bool IsSlot(SendTime time, DateTimeOffset instant) => NextSlot(time, instant.AddTicks(-1)) == instant;

    /// <summary>The first promised instant after another, found day by day.</summary>
    public DateTimeOffset? NextSlot(SendTime time, DateTimeOffset after)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(time.IsOfCadence ? OwnZone : time.Zone);
        var wall = time.IsOfCadence ? new TimeOnly(Hour, Minute) : new TimeOnly(time.Hour, 0);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        return Enumerable.Range(-1, 40).Select(today.AddDays).Where(IsDay).Select(day => Shown(zone, day.ToDateTime(wall))).FirstOrDefault(slot => slot > after) is { Ticks: > 0 } found ? found : null;
    }

    /// <summary>When the clocks of a zone first show that time, or jump over it.</summary>
    private static DateTimeOffset Shown(TimeZoneInfo zone, DateTime wall)
    {
        // Nobody's clock is further from UTC, and no zone changes its clocks but at a full minute.
        var instant = new DateTimeOffset(wall, TimeSpan.Zero);
        var candidates = new[] { zone.GetUtcOffset(instant.AddHours(-15)), zone.GetUtcOffset(instant.AddHours(15)) }.Distinct().Select(offset => instant - offset).Order().ToList();
        foreach (var candidate in candidates.Where(candidate => TimeZoneInfo.ConvertTime(candidate, zone).DateTime == wall))
        {
            return candidate.ToUniversalTime();
        }

        var minute = candidates[0].AddHours(-2);
        while (TimeZoneInfo.ConvertTime(minute, zone).DateTime < wall)
        {
            minute = minute.AddMinutes(1);
        }

        return minute.ToUniversalTime();
    }
}
