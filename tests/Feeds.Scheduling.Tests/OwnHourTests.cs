using Feeds.Newsletter;

namespace Feeds.Scheduling.Tests;

public sealed class OwnHourTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 30 7 * * ?", true)]
    [InlineData("0 0 8 ? * MON", true)]
    [InlineData("0 0 8 ? * TUE#1", true)]
    [InlineData("30 00 08 L * ? 2026-2030", true)]
    [InlineData(" 0  0 8 ? *  MON-FRI ", true)]
    [InlineData("0 0/15 * * * ?", false)]
    [InlineData("0 0 8,18 * * ?", false)]
    [InlineData("0 0 */6 * * ?", false)]
    [InlineData("0 * 8 * * ?", false)]
    [InlineData("0 0 8-10 ? * MON", false)]
    [InlineData("30 7 * * *", false)]
    [InlineData("30 7 1 * *", false)]
    [InlineData("", false)]
    public void An_hour_can_be_chosen_where_the_schedule_has_one_time_a_day(string cron, bool offered) =>
        Assert.Equal(offered, ScheduleBook.OffersHours(cron));

    [Theory]
    [InlineData("0 30 7 * * ?", "Asia/Tokyo", 9, "2026-11-24T09:00+09:00 2026-11-25T09:00+09:00")]
    [InlineData("0 0 8 ? * MON", "America/New_York", 0, "2026-11-30T00:00-05:00 2026-12-07T00:00-05:00")]
    [InlineData("15 30 23 ? * TUE#1", "Pacific/Auckland", 23, "2026-12-01T23:00+13:00 2027-01-05T23:00+13:00")]
    [InlineData("0 0 8 L * ?", "Asia/Kathmandu", 18, "2026-11-30T18:00+05:45 2026-12-31T18:00+05:45")]
    [InlineData("0 30 7 * * ?", "Mars/Phobos", 9, "2026-11-23T09:00+01:00 2026-11-24T09:00+01:00")]
    [InlineData("0 0 0/6 * * ?", "Asia/Tokyo", 9, "2026-11-23T12:00+01:00 2026-11-23T18:00+01:00")]
    [InlineData("0 30 7 * * ?", "", -1, "2026-11-23T07:30+01:00 2026-11-24T07:30+01:00")]
    public void The_next_editions_come_on_the_cadences_days_at_the_hour_of_the_persons_own_clocks(string cron, string zone, int hour, string expected) =>
        Assert.Equal(
            expected,
            OwnHourProperties.Written(ScheduleBook.NextRuns(Cadence(cron), new SendTime(zone, hour), Now, 2)));

    [Fact]
    public void A_paused_cadence_and_one_whose_schedule_cannot_be_read_have_no_next_edition_at_any_hour()
    {
        Assert.Empty(ScheduleBook.NextRuns(Cadence("0 0 8 ? * MON") with { Paused = true }, new SendTime("Asia/Tokyo", 9), Now, 3));
        Assert.Empty(ScheduleBook.NextRuns(Cadence("0 0 8 ? * MON") with { Paused = true }, SendTime.OfCadence, Now, 3));
        Assert.Empty(ScheduleBook.NextRuns(Cadence("0 0 8 ? * LUN"), new SendTime("Asia/Tokyo", 9), Now, 3));
    }

    [Theory]
    [InlineData("0 0 8 ? * MON", "Asia/Tokyo", 9, "Chaque lundi à 09:00 (Asia/Tokyo)", "Every Monday at 09:00 (Asia/Tokyo)")]
    [InlineData("0 30 7 * * ?", "America/New_York", 0, "Chaque jour à 00:00 (America/New_York)", "Every day at 00:00 (America/New_York)")]
    [InlineData("0 30 7 ? * TUE#1", "UTC", 21, "Le premier mardi de chaque mois à 21:00 (UTC)", "On the first Tuesday of every month at 21:00 (UTC)")]
    [InlineData("0 30 7 * * ?", "Mars/Phobos", 9, "Chaque jour à 09:00 (Europe/Paris)", "Every day at 09:00 (Europe/Paris)")]
    [InlineData("0 0/15 * * * ?", "Asia/Tokyo", 9, "Toutes les 15 minutes (Europe/Paris)", "Every 15 minutes (Europe/Paris)")]
    [InlineData("0 30 7 * * ?", "", -1, "Chaque jour à 07:30 (Europe/Paris)", "Every day at 07:30 (Europe/Paris)")]
    public void Ones_own_hour_is_explained_in_words(string cron, string zone, int hour, string french, string english)
    {
        Assert.Equal(french, ScheduleBook.Describe(Cadence(cron), new SendTime(zone, hour), "fr"));
        Assert.Equal(english, ScheduleBook.Describe(Cadence(cron), new SendTime(zone, hour), "en"));
    }

    [Fact]
    public void Each_zone_that_is_offered_is_taken_and_stands_once_in_the_group_of_its_region()
    {
        Assert.Equal(
            "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific UTC", string.Join(' ', Zones.Offered.Select(region => region.Region)));
        Assert.All(Zones.Offered, region => Assert.All(region.Names, name =>
        {
            Assert.Null(CronCheck.ZoneRefusal(name, "en"));
            Assert.Equal(region.Region, name.Split('/')[0]);
            Assert.Single(region.Names, other => string.Equals(other, name, StringComparison.Ordinal));
        }));
    }

    [Theory]
    [InlineData("Europe/Kyiv", "Europe/Kiev")]
    [InlineData("Asia/Kolkata", "Asia/Calcutta")]
    [InlineData("America/New_York", "US/Eastern")]
    [InlineData("UTC", "Etc/UTC")]
    [InlineData("Africa/Lagos", "Etc/GMT-1")]
    public void A_place_is_offered_by_the_name_of_today_and_taken_by_its_other_ones(string name, string other)
    {
        var offered = Zones.Offered.SelectMany(region => region.Names).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(name, offered);
        Assert.DoesNotContain(other, offered);
        Assert.Null(CronCheck.ZoneRefusal(other, "en"));
    }

    [Fact]
    public void A_zone_that_somebody_typed_wrong_is_refused_with_the_nearest_name()
    {
        Assert.Equal("The time zone “asia/tokio” is unknown; did you mean Asia/Tokyo?", CronCheck.ZoneRefusal("asia/tokio", "en"));
        Assert.Equal("Le fuseau horaire « Londres » est inconnu ; écrivez un nom IANA comme Europe/Paris ou UTC.", CronCheck.ZoneRefusal("Londres", "fr"));
    }

    private static Cadence Cadence(string cron) => OwnHourProperties.Cadence(cron, "Europe/Paris");
}
