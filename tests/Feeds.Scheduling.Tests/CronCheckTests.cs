namespace Feeds.Scheduling.Tests;

public sealed class CronCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 0 8 ? * MON", "Europe/Paris")]
    [InlineData("0 30 7 * * ?", "UTC")]
    [InlineData("0 */15 * * * ?", "America/Argentina/Buenos_Aires")]
    [InlineData("0 * * * * ?", "Etc/GMT+3")]
    [InlineData("30 0 8 ? * MON 2026-2030", "Asia/Kolkata")]
    [InlineData("0 0 0 29 2 ?", "Europe/Paris")]
    [InlineData("0 0 8 ? * MON#1", "Etc/UTC")]
    public void A_schedule_that_can_be_kept_is_taken(string cron, string zone) =>
        Assert.Null(CronCheck.Refusal(cron, zone, Now, "en"));

    [Theory]
    [InlineData("0 0 0 30 2 ?")]
    [InlineData("0 0 8 1 1 ? 2020")]
    public void An_expression_that_never_comes_is_refused(string cron)
    {
        Assert.Contains("never comes", CronCheck.Refusal(cron, "Europe/Paris", Now, "en"), StringComparison.Ordinal);
        Assert.Contains("jamais", CronCheck.Refusal(cron, "Europe/Paris", Now, "fr-FR"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30 7 * * *", "write 0 30 7 * * ?")]
    [InlineData("0 8 * * 1", "write 0 0 8 ? * MON")]
    [InlineData("0 8 1 * *", "write 0 0 8 1 * ?")]
    [InlineData("@daily", "write 0 0 0 * * ?")]
    public void The_crontab_form_is_recognised_and_the_form_with_seconds_suggested(string cron, string mend)
    {
        var sentence = CronCheck.Refusal(cron, "Europe/Paris", Now, "en");

        Assert.NotNull(sentence);
        Assert.Contains(mend, sentence, StringComparison.Ordinal);
        var suggested = sentence[(sentence.LastIndexOf("write ", StringComparison.Ordinal) + 6)..].TrimEnd('.');
        Assert.Null(CronCheck.Refusal(suggested, "Europe/Paris", Now, "en"));
    }

    [Theory]
    [InlineData("0,30 0 8 ? * MON")]
    [InlineData("* 0 8 ? * MON")]
    [InlineData("*/20 * * * * ?")]
    public void More_than_once_a_minute_is_refused_and_the_sentence_says_why(string cron)
    {
        var sentence = CronCheck.Refusal(cron, "Europe/Paris", Now, "en");

        Assert.Contains("more than once a minute", sentence, StringComparison.Ordinal);
        Assert.Contains("needs the time", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0 25 ? * MON", "field 3 (hours), “25”")]
    [InlineData("0 61 8 ? * MON", "field 2 (minutes), “61”")]
    [InlineData("0 0 8 ? * LUN", "field 6 (day of the week), “LUN”")]
    [InlineData("0 0 8 32 * ?", "field 4 (day of the month), “32”")]
    [InlineData("0 0 8 ? 13 MON", "field 5 (month), “13”")]
    public void A_wrong_field_is_named(string cron, string place) =>
        Assert.Contains(place, CronCheck.Refusal(cron, "Europe/Paris", Now, "en"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("0 0 8")]
    [InlineData("every monday")]
    [InlineData("0 0 8 ? * MON\r\nBcc: x")]
    public void What_is_no_expression_is_refused_with_an_example_or_the_limit(string cron)
    {
        Assert.Matches("0 0 8 \\? \\* MON|at most 120", CronCheck.Refusal(cron, "Europe/Paris", Now, "en"));
        Assert.Matches("0 0 8 \\? \\* MON|120 caractères", CronCheck.Refusal(cron, "Europe/Paris", Now, "fr"));
    }

    [Fact]
    public void A_very_long_expression_is_refused_by_its_length() =>
        Assert.Contains("120", CronCheck.Refusal("0 0 8 ? * " + new string('1', 5000), "Europe/Paris", Now, "en"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Europe/Pari", "Europe/Paris")]
    [InlineData("europe/paris", "Europe/Paris")]
    [InlineData("Paris", "Europe/Paris")]
    [InlineData("new york", "America/New_York")]
    [InlineData("Romance Standard Time", "Europe/Paris")]
    [InlineData("Europe/Brussel", "Europe/Brussels")]
    public void An_unknown_zone_is_refused_with_the_nearest_known_name(string zone, string nearest) =>
        Assert.Contains($"did you mean {nearest}?", CronCheck.Refusal("0 0 8 ? * MON", zone, Now, "en"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("Xyzzy/Qwertyuiop")]
    [InlineData("../../etc/passwd")]
    [InlineData("right/Europe/Paris")]
    public void A_zone_that_is_near_to_none_is_refused_with_an_example(string zone)
    {
        Assert.Contains("time zone", CronCheck.Refusal("0 0 8 ? * MON", zone, Now, "en"), StringComparison.Ordinal);
        Assert.Contains("fuseau horaire", CronCheck.Refusal("0 0 8 ? * MON", zone, Now, "fr"), StringComparison.Ordinal);
    }
}
