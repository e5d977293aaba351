using System.Globalization;
using Feeds.Scheduling;

namespace Feeds.Host.Pages.Admin;

/// <summary>The part of a schedule that can be said without cron: daily, on weekdays or on a day of the month, at a time.</summary>
/// <param name="Frequency"><c>daily</c>, <c>weekly</c>, <c>monthly</c>, or <c>other</c> for what only cron can say.</param>
/// <param name="Weekdays">For <c>weekly</c>.</param>
/// <param name="Day">For <c>monthly</c>: 1–31, or 0 for the last day.</param>
/// <param name="Time">Of the day, in the cadence's zone.</param>
public sealed record ScheduleForm(string Frequency, IReadOnlyList<DayOfWeek> Weekdays, int Day, TimeOnly Time)
{
    /// <summary>The choices of <see cref="Frequency"/>.</summary>
    public static IReadOnlyList<string> Frequencies { get; } = ["daily", "weekly", "monthly", "other"];

    /// <summary>As weeks are shown in Europe.</summary>
    public static IReadOnlyList<DayOfWeek> Week { get; } = [.. Enumerable.Range(1, 7).Select(day => (DayOfWeek)(day % 7))];

    /// <summary>What the form shows for a cron expression.</summary>
    public static ScheduleForm Of(string cron) => SimpleSchedule.TryParse(cron) switch
    {
        { Hours: [var hour], Frequency: ScheduleFrequency.Daily } simple => new("daily", [], 1, new TimeOnly(hour, simple.Minute)),
        { Hours: [var hour], Frequency: ScheduleFrequency.Weekly } simple => new("weekly", simple.Weekdays, 1, new TimeOnly(hour, simple.Minute)),
        { Hours: [var hour], Frequency: ScheduleFrequency.MonthlyOnDay } simple => new("monthly", [], simple.Day, new TimeOnly(hour, simple.Minute)),
        _ => new("other", [], 1, new TimeOnly(8, 0)),
    };

    /// <summary>What was posted; null where a part can't be read.</summary>
    public static ScheduleForm? Read(string? frequency, IEnumerable<string> weekdays, int? day, string? time) =>
        frequency is not null && Frequencies.Contains(frequency, StringComparer.Ordinal)
        && TimeOnly.TryParseExact(time, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? new ScheduleForm(frequency, [.. Week.Where(one => weekdays.Contains(one.ToString(), StringComparer.Ordinal))], day ?? 1, at)
            : null;

    /// <summary>Whether both mean one schedule; what a frequency does not use makes no difference.</summary>
    public bool SaysTheSameAs(ScheduleForm other) =>
        string.Equals(Frequency, other.Frequency, StringComparison.Ordinal)
        && (string.Equals(Frequency, "other", StringComparison.Ordinal) || string.Equals(ToCron(), other.ToCron(), StringComparison.Ordinal));

    /// <summary>The cron expression, or null for <c>other</c> and for a week without a day.</summary>
    public string? ToCron()
    {
        ScheduleFrequency? kind = Frequency switch
        {
            "daily" => ScheduleFrequency.Daily,
            "weekly" when Weekdays.Count > 0 => ScheduleFrequency.Weekly,
            "monthly" => ScheduleFrequency.MonthlyOnDay,
            _ => null,
        };
        return kind is { } known
            ? new SimpleSchedule { Frequency = known, Weekdays = Weekdays, Day = Day, Hours = [Time.Hour], Minute = Time.Minute }.ToCron()
            : null;
    }
}
