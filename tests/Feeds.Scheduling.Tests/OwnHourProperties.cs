using System.Globalization;
using Feeds.Newsletter;

namespace Feeds.Scheduling.Tests;

/// <summary>What an hour of one's own promises, in each zone that the machine knows. What fails names its case, which is all that a run depends on.</summary>
public sealed class OwnHourProperties
{
    // Where clocks are changed at all, it is at night.
    private static readonly int[] Night = [0, 1, 2, 3, 22, 23];
    private static readonly DateOnly First = new(2024, 1, 1);
    private static readonly DateOnly Last = new(2035, 12, 31);

    [Fact, Fault("DST gap / overlap")]
    public void In_every_zone_each_of_the_cadences_days_has_one_edition_at_the_hour_that_was_chosen()
    {
        var chance = new Random();
        var zones = EveryZone();
        Assert.True(zones.Count > 400, $"{zones.Count} zones");
        foreach (var zone in zones)
        {
            Check(zone, RandomSchedule(chance, null), chance.Next(24));
            Check(zone, RandomSchedule(chance, ScheduleFrequency.Daily), Night[chance.Next(Night.Length)]);
        }
    }

    [Theory, Fault("DST gap / overlap")]
    [InlineData("Europe/Paris", 2)]
    [InlineData("America/New_York", 1)]
    [InlineData("America/New_York", 2)]
    [InlineData("Australia/Lord_Howe", 2)]
    [InlineData("Africa/Casablanca", 2)]
    [InlineData("Africa/Cairo", 0)]
    [InlineData("Asia/Beirut", 23)]
    [InlineData("Antarctica/Troll", 1)]
    [InlineData("America/Nuuk", 22)]
    public void Also_where_the_clocks_skip_that_hour_or_show_it_twice(string zone, int hour) =>
        Check(zone, new SimpleSchedule { Frequency = ScheduleFrequency.Daily }, hour);

    [Fact, Fault("DST gap / overlap")]
    public void Where_the_clocks_skip_the_hour_before_midnight_its_edition_comes_at_midnight_and_the_next_day_keeps_its_own() =>
        Assert.Equal(
            "2026-03-27T23:00-02:00 2026-03-29T00:00-01:00 2026-03-29T23:00-01:00",
            Written(ScheduleBook.NextRuns(Cadence("0 30 7 * * ?", "UTC"), new SendTime("America/Nuuk", 23), new DateTimeOffset(2026, 3, 27, 12, 0, 0, TimeSpan.Zero), 3)));

    internal static Cadence Cadence(string cron, string zone) => new()
    {
        Name = "daily", Newsletter = "daily", Overflow = Overflow.Count, Title = "Daily", Cron = cron, Zone = zone, Categories = [], MinimumArticles = 1, MaximumArticles = 20, Paused = false, Revision = 1,
    };

    internal static string Written(IEnumerable<DateTimeOffset> runs) =>
        string.Join(' ', runs.Select(run => run.ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture)));

    private static void Check(string zone, SimpleSchedule schedule, int hour)
    {
        var cadence = Cadence(schedule.ToCron(), "Europe/Paris");
        var where = $"{cadence.Cron} at {hour} in {zone}";
        var clocks = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var runs = Runs(cadence, new SendTime(zone, hour));
        var days = Days(schedule);

        Assert.True(runs.Count == days.Count, $"{where}: {runs.Count} editions on {days.Count} days");
        for (var place = 0; place < days.Count; place++)
        {
            var promised = days[place].ToDateTime(new TimeOnly(hour, 0));
            Assert.True(IsFirstTime(clocks, promised, runs[place]), $"{where}: the edition of {promised:s} comes at {runs[place]:O}");
            // The hour before midnight can be skipped; midnight is then the first instant after it.
            Assert.True(
                place == 0 || runs[place].Date != runs[place - 1].Date || (hour == 23 && runs[place - 1].TimeOfDay == TimeSpan.Zero),
                $"{where}: two editions on {runs[place]:yyyy-MM-dd}");
        }
    }

    // From what the clocks show alone: the first instant that shows the time, or before which they show less and at which more.
    private static bool IsFirstTime(TimeZoneInfo clocks, DateTime promised, DateTimeOffset slot)
    {
        var shown = Shown(slot);
        return slot.DateTime == shown && (shown == promised
            ? !Enumerable.Range(1, 12).Any(quarters => Shown(slot.AddMinutes(-15 * quarters)) == promised)
            : shown > promised && shown < promised.AddHours(3) && Shown(slot.AddSeconds(-1)) < promised);

        DateTime Shown(DateTimeOffset instant) => instant.UtcDateTime + clocks.GetUtcOffset(instant);
    }

    private static List<DateTimeOffset> Runs(Cadence cadence, SendTime time)
    {
        var from = ScheduleBook.NextRuns(cadence, time, new DateTimeOffset(First.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(-1), 1);
        var runs = new List<DateTimeOffset>();
        while (from.Count > 0 && DateOnly.FromDateTime(from[^1].DateTime) <= Last)
        {
            runs.AddRange(from);
            from = ScheduleBook.NextRuns(cadence, time, from[^1], 1000);
        }

        return [.. runs.Concat(from).Where(run => DateOnly.FromDateTime(run.DateTime) is var day && day >= First && day <= Last)];
    }

    private static List<DateOnly> Days(SimpleSchedule schedule) =>
        [.. Enumerable.Range(0, Last.DayNumber - First.DayNumber + 1).Select(First.AddDays).Where(day => schedule.Frequency switch
        {
            ScheduleFrequency.Daily => true,
            ScheduleFrequency.Weekly => schedule.Weekdays.Contains(day.DayOfWeek),
            ScheduleFrequency.MonthlyOnDay => schedule.Day == 0 ? day.AddDays(1).Day == 1 : day.Day == schedule.Day,
            _ => day.DayOfWeek == schedule.Weekdays[0] && (schedule.Week == 0 ? day.AddDays(7).Month != day.Month : (day.Day - 1) / 7 == schedule.Week - 1),
        })];

    private static SimpleSchedule RandomSchedule(Random chance, ScheduleFrequency? frequency) => new()
    {
        Frequency = frequency ?? (ScheduleFrequency)chance.Next((int)ScheduleFrequency.EveryHours),
        Weekdays = [(DayOfWeek)chance.Next(7)],
        Day = chance.Next(32),
        Week = chance.Next(6),
        Hours = [chance.Next(24)],
        Minute = chance.Next(60),
    };

    // Also the names that places had before, which the runtime's own list leaves out.
    private static List<string> EveryZone()
    {
        const string Folder = "/usr/share/zoneinfo";
        var files = Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)) : [];
        return [.. files.Concat(Zones.Offered.SelectMany(region => region.Names)).Distinct(StringComparer.Ordinal).Where(name => Zones.Find(name) is not null).Order(StringComparer.Ordinal)];
    }
}
