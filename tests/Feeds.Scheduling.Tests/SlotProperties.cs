using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Feeds.Scheduling.Tests;

[Properties(Arbitrary = [typeof(Schedules)], MaxTest = 200)]
public sealed class SlotProperties
{
    [Property]
    public void Slots_come_later_and_later_and_each_is_valid_in_its_zone(CronInZone schedule, DateTimeOffset after)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(schedule.Zone);
        var previous = after;
        foreach (var slot in ScheduleBook.NextRuns(schedule.Cron, schedule.Zone, after, 20))
        {
            Assert.True(slot > previous, $"{slot:O} follows {previous:O}");
            Assert.Equal(zone.GetUtcOffset(slot), slot.Offset);
            previous = slot;
        }
    }

    [Property]
    public void Asking_again_after_a_slot_continues_the_list(CronInZone schedule, DateTimeOffset after, byte place)
    {
        var runs = ScheduleBook.NextRuns(schedule.Cron, schedule.Zone, after, 12);
        var from = place % 8;

        Assert.Equal(runs.Skip(from + 1).Take(4), ScheduleBook.NextRuns(schedule.Cron, schedule.Zone, runs[from], 4));
    }

    [Property]
    public void No_slot_lies_between_an_instant_and_the_next_slot(CronInZone schedule, DateTimeOffset after, ushort seconds)
    {
        var next = ScheduleBook.NextRuns(schedule.Cron, schedule.Zone, after, 1)[0];
        var between = after.AddSeconds(seconds % Math.Max(1, (next - after).TotalSeconds));

        Assert.Equal(next, ScheduleBook.NextRuns(schedule.Cron, schedule.Zone, between, 1)[0]);
    }

    [Property(MaxTest = 60), Fault("DST gap / overlap")]
    public void A_daily_slot_comes_once_on_each_day_of_a_year(ZoneName zone, TimeOfDay time, int year)
    {
        // Apia had no 30 December 2011: that day's slot came with the first instant of the next.
        var one = 2012 + (Math.Abs(year % 25));
        var cron = string.Create(CultureInfo.InvariantCulture, $"0 {time.Minute} {time.Hour} * * ?");
        var start = new DateTimeOffset(one, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(-2);

        var runs = ScheduleBook.NextRuns(cron, zone.Name, start, 371).Where(slot => slot.Year == one).ToList();

        Assert.Equal(DateTime.IsLeapYear(one) ? 366 : 365, runs.Count);
        Assert.Equal(runs.Count, runs.Select(slot => slot.Date).Distinct().Count());
        Assert.All(runs, slot => Assert.InRange(slot.TimeOfDay, time.Span, time.Span + TimeSpan.FromHours(1)));
    }

    [Property]
    public void Where_the_clocks_are_not_changed_a_slot_shows_the_time_that_the_expression_names(TimeOfDay time, DateTimeOffset after)
    {
        var cron = string.Create(CultureInfo.InvariantCulture, $"0 {time.Minute} {time.Hour} * * ?");

        var slot = ScheduleBook.NextRuns(cron, "Asia/Kolkata", after, 1)[0];

        Assert.Equal(time.Span, slot.TimeOfDay);
        Assert.True(slot - after <= TimeSpan.FromDays(1));
    }

    [Property]
    public void The_rule_for_missed_slots_sends_at_most_the_latest_and_never_one_that_is_later_than_the_grace(CronInZone schedule, DateTimeOffset handled, ushort minutes)
    {
        var calendar = new SlotCalendar(schedule.Cron, schedule.Zone);
        var now = handled.AddMinutes(minutes);
        var passed = calendar.After(handled).TakeWhile(slot => slot <= now).ToList();

        var decision = MisfireRule.Decide(calendar, handled, now);

        var expected = passed.Count > 0 && now - passed[^1] < MisfireRule.Grace ? passed[^1] : (DateTimeOffset?)null;
        Assert.Equal(expected, decision.Slot);
        Assert.Equal(Math.Min(MisfireRule.MostCounted, passed.Count - (expected is null ? 0 : 1)), decision.Missed.Count);
    }
}

public sealed record CronInZone(string Cron, string Zone);

public sealed record ZoneName(string Name);

public sealed record TimeOfDay(int Hour, int Minute)
{
    public TimeSpan Span => new(Hour, Minute, 0);
}

public static class Schedules
{
    private static readonly string[] Zones =
        ["Europe/Paris", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "Europe/Dublin"];

    public static Arbitrary<ZoneName> ZoneNames() => Gen.Elements(Zones).Select(name => new ZoneName(name)).ToArbitrary();

    public static Arbitrary<TimeOfDay> Times() =>
        (from hour in Gen.Choose(0, 23) from minute in Gen.Choose(0, 59) select new TimeOfDay(hour, minute)).ToArbitrary();

    // Half of them fall within a day of a change of clocks in Paris or New York.
    public static Arbitrary<DateTimeOffset> Instants() =>
        Gen.OneOf(
            Gen.Choose(0, 16_000).SelectMany(day => Gen.Choose(0, 86_399).Select(second => DateTimeOffset.UnixEpoch.AddDays(day + 12_000).AddSeconds(second))),
            Gen.Elements("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z", "2026-10-03T15:30:00Z")
                .SelectMany(change => Gen.Choose(-86_400, 86_400).Select(second => DateTimeOffset.Parse(change, CultureInfo.InvariantCulture).AddSeconds(second))))
            .ToArbitrary();

    public static Arbitrary<CronInZone> Crons()
    {
        var minute = Gen.Choose(0, 59);
        var hour = Gen.Choose(0, 23);
        var cron = Gen.OneOf(
            from m in minute from h in hour select $"0 {m} {h} * * ?",
            from m in minute from h in hour from d in Gen.Choose(1, 7) select $"0 {m} {h} ? * {d}",
            from m in minute from h in hour from d in Gen.Choose(1, 31) select $"0 {m} {h} {d} * ?",
            from m in minute from h in hour from d in Gen.Choose(1, 7) from n in Gen.Choose(1, 4) select $"0 {m} {h} ? * {d}#{n}",
            from m in minute from h in hour select $"0 {m} {h} L * ?",
            from m in minute from h in Gen.Elements(1, 2, 3, 4, 6, 8, 12) select $"0 {m} 0/{h} * * ?",
            Gen.Elements(5, 10, 15, 20, 30).Select(m => $"0 0/{m} * * * ?"));
        return (from c in cron from z in Gen.Elements(Zones) select new CronInZone(c, z)).ToArbitrary();
    }
}
