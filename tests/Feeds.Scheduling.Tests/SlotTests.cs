using System.Globalization;

namespace Feeds.Scheduling.Tests;

public sealed class SlotTests
{
    [Fact, Fault("DST gap / overlap")]
    public void A_slot_in_the_missing_hour_of_spring_comes_once_at_the_first_valid_instant() =>
        Assert.Equal(
            ["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
            Runs("0 30 2 * * ?", "Europe/Paris", "2026-03-27T12:00:00Z", 3));

    [Fact, Fault("DST gap / overlap")]
    public void A_slot_in_the_repeated_hour_of_autumn_comes_once_at_its_first_occurrence() =>
        Assert.Equal(
            ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
            Runs("0 30 2 * * ?", "Europe/Paris", "2026-10-23T12:00:00Z", 3));

    [Fact]
    public void Between_the_two_occurrences_of_a_repeated_hour_the_next_slot_is_tomorrows() =>
        Assert.Equal(["2026-10-26T02:30:00+01:00"], Runs("0 30 2 * * ?", "Europe/Paris", "2026-10-25T02:10:00+01:00", 1));

    [Fact]
    public void Every_quarter_of_an_hour_jumps_the_missing_hour_without_doubling_its_end() =>
        Assert.Equal(
            ["2026-03-29T01:45:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00"],
            Runs("0 */15 * * * ?", "Europe/Paris", "2026-03-29T01:30:00+01:00", 3));

    [Fact]
    public void Every_quarter_of_an_hour_rests_while_the_repeated_hour_is_repeated() =>
        Assert.Equal(
            ["2026-10-25T02:45:00+02:00", "2026-10-25T03:00:00+01:00"],
            Runs("0 */15 * * * ?", "Europe/Paris", "2026-10-25T02:30:00+02:00", 2));

    [Theory]
    [InlineData("America/New_York", "0 30 2 * * ?", "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00")]
    [InlineData("America/New_York", "0 30 1 * * ?", "2026-11-01T00:00:00-04:00", "2026-11-01T01:30:00-04:00")]
    [InlineData("Australia/Lord_Howe", "0 15 2 * * ?", "2026-10-04T00:00:00+10:30", "2026-10-04T02:30:00+11:00")]
    [InlineData("Australia/Lord_Howe", "0 45 1 * * ?", "2026-04-05T00:00:00+11:00", "2026-04-05T01:45:00+11:00")]
    [InlineData("Africa/Casablanca", "0 30 2 * * ?", "2025-02-23T00:00:00+01:00", "2025-02-23T02:30:00+01:00")]
    [InlineData("Africa/Casablanca", "0 30 2 * * ?", "2025-04-06T00:00:00+00:00", "2025-04-06T03:00:00+01:00")]
    [InlineData("Pacific/Apia", "0 30 7 * * ?", "2011-12-29T08:00:00-10:00", "2011-12-31T00:00:00+14:00")]
    [InlineData("Asia/Kolkata", "0 30 7 * * ?", "2026-03-29T00:00:00Z", "2026-03-29T07:30:00+05:30")]
    [InlineData("UTC", "0 30 7 * * ?", "2026-03-29T00:00:00Z", "2026-03-29T07:30:00+00:00")]
    public void Every_zone_has_its_own_offsets(string zone, string cron, string after, string expected) =>
        Assert.Equal([expected], Runs(cron, zone, after, 1));

    [Fact]
    public void A_monthly_slot_comes_in_the_months_that_have_its_day() =>
        Assert.Equal(
            ["2026-01-31T08:00:00+01:00", "2026-03-31T08:00:00+02:00", "2026-05-31T08:00:00+02:00"],
            Runs("0 0 8 31 * ?", "Europe/Paris", "2026-01-01T00:00:00Z", 3));

    [Fact]
    public void A_schedule_that_has_run_out_has_no_next_slot() =>
        Assert.Empty(Runs("0 0 8 1 1 ? 2026", "Europe/Paris", "2026-06-01T00:00:00Z", 5));

    [Theory]
    [InlineData("0 0 8 ? *", "Europe/Paris")]
    [InlineData("0 0 8 ? * MON", "Europe/Pariss")]
    public void What_cannot_be_read_has_no_slots_but_a_reason(string cron, string zone) =>
        Assert.Throws<FormatException>(() => ScheduleBook.NextRuns(cron, zone, DateTimeOffset.UnixEpoch, 1));

    private static List<string> Runs(string cron, string zone, string after, int count) =>
        [.. ScheduleBook.NextRuns(cron, zone, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), count)
            .Select(slot => slot.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture))];
}
