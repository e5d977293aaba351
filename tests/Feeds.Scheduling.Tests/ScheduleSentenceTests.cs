using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Feeds.Scheduling.Tests;

public sealed class ScheduleSentenceTests
{
    [Theory]
    [InlineData("0 0 8 ? * MON", "Chaque lundi à 08:00 (Europe/Paris)", "Every Monday at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 ? * 2", "Chaque lundi à 08:00 (Europe/Paris)", "Every Monday at 08:00 (Europe/Paris)")]
    [InlineData("0 30 7 * * ?", "Chaque jour à 07:30 (Europe/Paris)", "Every day at 07:30 (Europe/Paris)")]
    [InlineData("0 0 8 ? * MON-FRI", "Du lundi au vendredi à 08:00 (Europe/Paris)", "Monday to Friday at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 ? * SAT,SUN", "Chaque samedi et dimanche à 08:00 (Europe/Paris)", "Every Saturday and Sunday at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 ? * SUN,MON,THU", "Chaque lundi, jeudi et dimanche à 08:00 (Europe/Paris)", "Every Monday, Thursday and Sunday at 08:00 (Europe/Paris)")]
    [InlineData("0 15 8,12,18 * * ?", "Chaque jour à 08:15, 12:15 et 18:15 (Europe/Paris)", "Every day at 08:15, 12:15 and 18:15 (Europe/Paris)")]
    [InlineData("0 0 8 1 * ?", "Le 1er de chaque mois à 08:00 (Europe/Paris)", "On day 1 of every month at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 15 * ?", "Le 15 de chaque mois à 08:00 (Europe/Paris)", "On day 15 of every month at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 31 * ?", "Le 31 de chaque mois qui a ce jour, à 08:00 (Europe/Paris)", "On day 31 of every month that has it, at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 L * ?", "Le dernier jour de chaque mois à 08:00 (Europe/Paris)", "On the last day of every month at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 ? * TUE#1", "Le premier mardi de chaque mois à 08:00 (Europe/Paris)", "On the first Tuesday of every month at 08:00 (Europe/Paris)")]
    [InlineData("0 0 8 ? * 6L", "Le dernier vendredi de chaque mois à 08:00 (Europe/Paris)", "On the last Friday of every month at 08:00 (Europe/Paris)")]
    [InlineData("0 0/15 * * * ?", "Toutes les 15 minutes (Europe/Paris)", "Every 15 minutes (Europe/Paris)")]
    [InlineData("0 0 */3 * * ?", "Toutes les 3 heures à partir de 00:00 (Europe/Paris)", "Every 3 hours from 00:00 (Europe/Paris)")]
    [InlineData("0 0 * * * ?", "Toutes les heures, à la minute 0 (Europe/Paris)", "Every hour, at minute 0 (Europe/Paris)")]
    [InlineData("0 0 8 ? JAN MON", "Horaire particulier (cron 0 0 8 ? JAN MON, Europe/Paris)", "Custom schedule (cron 0 0 8 ? JAN MON, Europe/Paris)")]
    [InlineData("0 0/25 * * * ?", "Horaire particulier (cron 0 0/25 * * * ?, Europe/Paris)", "Custom schedule (cron 0 0/25 * * * ?, Europe/Paris)")]
    [InlineData("5 0 8 ? * MON", "Horaire particulier (cron 5 0 8 ? * MON, Europe/Paris)", "Custom schedule (cron 5 0 8 ? * MON, Europe/Paris)")]
    public void A_schedule_is_explained_in_french_and_in_english(string cron, string french, string english)
    {
        Assert.Equal(french, ScheduleSentence.Of(cron, "Europe/Paris", "fr"));
        Assert.Equal(english, ScheduleSentence.Of(cron, "Europe/Paris", "en-GB"));
    }

    [Property(Arbitrary = [typeof(SimpleSchedules)], MaxTest = 300)]
    public void What_a_form_asks_for_becomes_a_cron_expression_that_can_be_kept_and_comes_back(SimpleSchedule schedule)
    {
        var cron = schedule.ToCron();

        Assert.Null(CronCheck.Refusal(cron, "Europe/Paris", DateTimeOffset.UnixEpoch.AddYears(56), "en"));
        var back = SimpleSchedule.TryParse(cron);
        Assert.NotNull(back);
        Assert.Equal(cron, back.ToCron());
        Assert.Equal(schedule.Frequency, back.Frequency);
    }

    [Property(Arbitrary = [typeof(SimpleSchedules)], MaxTest = 300)]
    public void Its_next_runs_are_what_the_form_says(SimpleSchedule schedule)
    {
        foreach (var run in ScheduleBook.NextRuns(schedule.ToCron(), "UTC", DateTimeOffset.UnixEpoch.AddYears(56), 5))
        {
            switch (schedule.Frequency)
            {
                case ScheduleFrequency.EveryMinutes:
                    Assert.Equal(0, run.Minute % schedule.Every);
                    continue;
                case ScheduleFrequency.EveryHours:
                    Assert.Equal((0, schedule.Minute), (run.Hour % schedule.Every, run.Minute));
                    continue;
                case ScheduleFrequency.Weekly:
                    Assert.Contains(run.DayOfWeek, schedule.Weekdays);
                    break;
                case ScheduleFrequency.MonthlyOnDay:
                    Assert.Equal(schedule.Day == 0 ? DateTime.DaysInMonth(run.Year, run.Month) : schedule.Day, run.Day);
                    break;
                case ScheduleFrequency.MonthlyOnWeekday:
                    Assert.Equal(schedule.Weekdays[0], run.DayOfWeek);
                    Assert.Equal(schedule.Week, schedule.Week == 0 ? (run.AddDays(7).Month == run.Month ? -1 : 0) : ((run.Day - 1) / 7) + 1);
                    break;
            }

            Assert.Contains(run.Hour, schedule.Hours);
            Assert.Equal(schedule.Minute, run.Minute);
        }
    }

    private static class SimpleSchedules
    {
        public static Arbitrary<SimpleSchedule> All()
        {
            var days = Gen.SubListOf(Enum.GetValues<DayOfWeek>()).Where(list => list.Count is > 0 and < 7);
            var hours = Gen.SubListOf(Enumerable.Range(0, 24)).Where(list => list.Count > 0);
            return (from frequency in Gen.Elements(Enum.GetValues<ScheduleFrequency>())
                    from weekdays in days
                    from day in Gen.Choose(0, 31)
                    from week in Gen.Choose(0, 5)
                    from hour in hours
                    from minute in Gen.Choose(0, 59)
                    from every in frequency == ScheduleFrequency.EveryHours ? Gen.Elements(1, 2, 3, 4, 6, 8, 12) : Gen.Elements(1, 2, 3, 5, 10, 15, 20, 30)
                    select new SimpleSchedule
                    {
                        Frequency = frequency,
                        Weekdays = frequency == ScheduleFrequency.MonthlyOnWeekday ? [weekdays[0]] : [.. weekdays],
                        Day = day,
                        Week = week,
                        Hours = [.. hour],
                        Minute = minute,
                        Every = every,
                    }).ToArbitrary();
        }
    }
}
