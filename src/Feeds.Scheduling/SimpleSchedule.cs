using System.Globalization;

namespace Feeds.Scheduling;

/// <summary>How often a <see cref="SimpleSchedule"/> comes.</summary>
public enum ScheduleFrequency
{
    /// <summary>On every day.</summary>
    Daily,

    /// <summary>On the <see cref="SimpleSchedule.Weekdays"/>.</summary>
    Weekly,

    /// <summary>On the <see cref="SimpleSchedule.Day"/> of every month.</summary>
    MonthlyOnDay,

    /// <summary>On one weekday of every month: the first Tuesday, the last Friday.</summary>
    MonthlyOnWeekday,

    /// <summary>Every so many hours, counted from midnight.</summary>
    EveryHours,

    /// <summary>Every so many minutes, counted from the full hour.</summary>
    EveryMinutes,
}

/// <summary>A schedule as a form asks for it, without cron. Every value turns into cron and back into itself.</summary>
public sealed record SimpleSchedule
{
    private static readonly string[] Names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    private static readonly DayOfWeek[] WorkingDays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    /// <summary>Which of the other values count.</summary>
    public required ScheduleFrequency Frequency { get; init; }

    /// <summary>The days of a week, at least one, for <see cref="ScheduleFrequency.Weekly"/>; exactly one for <see cref="ScheduleFrequency.MonthlyOnWeekday"/>.</summary>
    public IReadOnlyList<DayOfWeek> Weekdays { get; init; } = [DayOfWeek.Monday];

    /// <summary>The day of the month, 1–31, or 0 for the last; months that lack the day are left out.</summary>
    public int Day { get; init; } = 1;

    /// <summary>Which of the month's such weekdays, 1–5, or 0 for the last; months that lack a fifth are left out.</summary>
    public int Week { get; init; } = 1;

    /// <summary>The hours of the day, 0–23, at least one.</summary>
    public IReadOnlyList<int> Hours { get; init; } = [8];

    /// <summary>The minute of each hour, 0–59.</summary>
    public int Minute { get; init; }

    /// <summary>A divisor of 24 for <see cref="ScheduleFrequency.EveryHours"/>, of 60 (and below it) for <see cref="ScheduleFrequency.EveryMinutes"/>.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Whether it is weekly on Monday to Friday.</summary>
    internal bool IsWorkingDays => Frequency == ScheduleFrequency.Weekly && Ordered(Weekdays).SequenceEqual(WorkingDays);

    /// <summary>The same as a Quartz cron expression of six fields. Values out of their range make one that <see cref="CronCheck"/> refuses.</summary>
    public string ToCron()
    {
        var time = string.Create(CultureInfo.InvariantCulture, $"0 {Minute} {string.Join(',', Hours.Distinct().Order())}");
        return Frequency switch
        {
            ScheduleFrequency.Daily => $"{time} * * ?",
            ScheduleFrequency.Weekly => $"{time} ? * {(IsWorkingDays ? "MON-FRI" : string.Join(',', Ordered(Weekdays).Select(day => Names[(int)day])))}",
            ScheduleFrequency.MonthlyOnDay => $"{time} {(Day == 0 ? "L" : Number(Day))} * ?",
            ScheduleFrequency.MonthlyOnWeekday => $"{time} ? * {Number((int)Weekdays[0] + 1)}{(Week == 0 ? "L" : "#" + Number(Week))}",
            ScheduleFrequency.EveryHours => $"0 {Number(Minute)} {(Every == 1 ? "*" : "0/" + Number(Every))} * * ?",
            _ => $"0 {(Every == 1 ? "*" : "0/" + Number(Every))} * * * ?",
        };
    }

    /// <summary>The schedule that a cron expression says, or null where it says more than a form can show.</summary>
    public static SimpleSchedule? TryParse(string cron)
    {
        var fields = cron.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (6 or 7) || fields[0] is not "0" || fields[4] is not "*" || (fields.Length == 7 && fields[6] is not "*"))
        {
            return null;
        }

        var (minutes, hours, day, weekday) = (fields[1], fields[2], fields[3], fields[5]);
        var everyDay = day is "*" or "?" && weekday is "*" or "?";
        if (everyDay && hours is "*" && Step(minutes, 60) is { } everyMinutes)
        {
            return new SimpleSchedule { Frequency = ScheduleFrequency.EveryMinutes, Every = everyMinutes };
        }

        if (Value(minutes, 0, 59) is not { } minute)
        {
            return null;
        }

        if (everyDay && Step(hours, 24) is { } everyHours)
        {
            return new SimpleSchedule { Frequency = ScheduleFrequency.EveryHours, Every = everyHours, Minute = minute };
        }

        var times = hours.Split(',').Select(hour => Value(hour, 0, 23)).ToList();
        if (times.Any(hour => hour is null) || OnDays(day, weekday) is not { } days)
        {
            return null;
        }

        return days with { Hours = [.. times.Select(hour => hour!.Value).Distinct().Order()], Minute = minute };
    }

    // Days of the week as people write them: Monday first.
    internal static IEnumerable<DayOfWeek> Ordered(IEnumerable<DayOfWeek> days) => days.Distinct().OrderBy(day => ((int)day + 6) % 7);

    private static SimpleSchedule? OnDays(string day, string weekday)
    {
        if (weekday is "?" or "*")
        {
            return day switch
            {
                "*" or "?" => new SimpleSchedule { Frequency = ScheduleFrequency.Daily },
                "L" when weekday is "?" => new SimpleSchedule { Frequency = ScheduleFrequency.MonthlyOnDay, Day = 0 },
                _ when weekday is "?" && Value(day, 1, 31) is { } number => new SimpleSchedule { Frequency = ScheduleFrequency.MonthlyOnDay, Day = number },
                _ => null,
            };
        }

        if (day is not "?")
        {
            return null;
        }

        if (weekday.Split('#') is [var named, var count] && Weekday(named) is { } of && Value(count, 1, 5) is { } week)
        {
            return new SimpleSchedule { Frequency = ScheduleFrequency.MonthlyOnWeekday, Weekdays = [of], Week = week };
        }

        if (weekday.Length > 1 && weekday[^1] == 'L' && Weekday(weekday[..^1]) is { } last)
        {
            return new SimpleSchedule { Frequency = ScheduleFrequency.MonthlyOnWeekday, Weekdays = [last], Week = 0 };
        }

        var days = new List<DayOfWeek>();
        foreach (var part in weekday.Split(','))
        {
            var ends = part.Split('-').Select(Weekday).ToList();
            if (ends.Count > 2 || ends.Any(end => end is null))
            {
                return null;
            }

            // Saturday to Monday goes round.
            for (var offset = 0; offset <= ((int)ends[^1]! - (int)ends[0]! + 7) % 7; offset++)
            {
                days.Add((DayOfWeek)(((int)ends[0]! + offset) % 7));
            }
        }

        return Ordered(days).Count() == 7
            ? new SimpleSchedule { Frequency = ScheduleFrequency.Daily }
            : new SimpleSchedule { Frequency = ScheduleFrequency.Weekly, Weekdays = [.. Ordered(days)] };
    }

    private static DayOfWeek? Weekday(string text) =>
        Array.IndexOf(Names, text) is var named and >= 0 ? (DayOfWeek)named
        : Value(text, 1, 7) is { } number ? (DayOfWeek)(number - 1)
        : null;

    // Only steps that divide the whole come evenly; others start again with each hour or day.
    private static int? Step(string field, int whole) =>
        field is "*" ? 1
        : field.Split('/') is ["*" or "0", var step] && Value(step, 1, whole - 1) is { } every && whole % every == 0 ? every
        : null;

    private static int? Value(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
