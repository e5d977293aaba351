using System.Globalization;

namespace Feeds.Scheduling;

/// <summary>A schedule in words: “Every Monday at 08:00 (Europe/Paris)”.</summary>
internal static class ScheduleSentence
{
    private static readonly string[] FrenchDays = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];
    private static readonly string[] FrenchWeeks = ["dernier", "premier", "deuxième", "troisième", "quatrième", "cinquième"];
    private static readonly string[] EnglishWeeks = ["last", "first", "second", "third", "fourth", "fifth"];

    /// <summary>The sentence, without a full stop; an expression beyond <see cref="SimpleSchedule"/> is shown as it is.</summary>
    public static string Of(string cron, string zone, string language)
    {
        var french = Language.IsFrench(language);
        return SimpleSchedule.TryParse(cron) is { } simple
            ? $"{(french ? French(simple) : English(simple))} ({zone})"
            : french ? $"Horaire particulier (cron {cron}, {zone})" : $"Custom schedule (cron {cron}, {zone})";
    }

    private static string French(SimpleSchedule schedule) => schedule.Frequency switch
    {
        ScheduleFrequency.Daily => $"Chaque jour {At(schedule, "à", "et")}",
        ScheduleFrequency.Weekly when schedule.IsWorkingDays => $"Du lundi au vendredi {At(schedule, "à", "et")}",
        ScheduleFrequency.Weekly => $"Chaque {List(SimpleSchedule.Ordered(schedule.Weekdays).Select(day => FrenchDays[(int)day]), "et")} {At(schedule, "à", "et")}",
        ScheduleFrequency.MonthlyOnDay => schedule.Day switch
        {
            0 => $"Le dernier jour de chaque mois {At(schedule, "à", "et")}",
            1 => $"Le 1er de chaque mois {At(schedule, "à", "et")}",
            > 28 => $"Le {Number(schedule.Day)} de chaque mois qui a ce jour, {At(schedule, "à", "et")}",
            _ => $"Le {Number(schedule.Day)} de chaque mois {At(schedule, "à", "et")}",
        },
        ScheduleFrequency.MonthlyOnWeekday =>
            $"Le {FrenchWeeks[schedule.Week]} {FrenchDays[(int)schedule.Weekdays[0]]} de chaque mois {(schedule.Week == 5 ? "qui en a cinq, " : "")}{At(schedule, "à", "et")}",
        ScheduleFrequency.EveryHours when schedule.Every == 1 => $"Toutes les heures, à la minute {Number(schedule.Minute)}",
        ScheduleFrequency.EveryHours => $"Toutes les {Number(schedule.Every)} heures à partir de 00:{schedule.Minute:00}",
        _ => schedule.Every == 1 ? "Toutes les minutes" : $"Toutes les {Number(schedule.Every)} minutes",
    };

    private static string English(SimpleSchedule schedule) => schedule.Frequency switch
    {
        ScheduleFrequency.Daily => $"Every day {At(schedule, "at", "and")}",
        ScheduleFrequency.Weekly when schedule.IsWorkingDays => $"Monday to Friday {At(schedule, "at", "and")}",
        ScheduleFrequency.Weekly => $"Every {List(SimpleSchedule.Ordered(schedule.Weekdays).Select(day => day.ToString()), "and")} {At(schedule, "at", "and")}",
        ScheduleFrequency.MonthlyOnDay => schedule.Day switch
        {
            0 => $"On the last day of every month {At(schedule, "at", "and")}",
            > 28 => $"On day {Number(schedule.Day)} of every month that has it, {At(schedule, "at", "and")}",
            _ => $"On day {Number(schedule.Day)} of every month {At(schedule, "at", "and")}",
        },
        ScheduleFrequency.MonthlyOnWeekday =>
            $"On the {EnglishWeeks[schedule.Week]} {schedule.Weekdays[0]} of every month {(schedule.Week == 5 ? "that has five, " : "")}{At(schedule, "at", "and")}",
        ScheduleFrequency.EveryHours when schedule.Every == 1 => $"Every hour, at minute {Number(schedule.Minute)}",
        ScheduleFrequency.EveryHours => $"Every {Number(schedule.Every)} hours from 00:{schedule.Minute:00}",
        _ => schedule.Every == 1 ? "Every minute" : $"Every {Number(schedule.Every)} minutes",
    };

    private static string At(SimpleSchedule schedule, string at, string and) =>
        $"{at} {List(schedule.Hours.Select(hour => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{schedule.Minute:00}")), and)}";

    private static string List(IEnumerable<string> parts, string and) => parts.ToList() switch
    {
        [var only] => only,
        [.. var first, var last] => $"{string.Join(", ", first)} {and} {last}",
        _ => "",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
