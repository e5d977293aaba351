using Feeds.Newsletter;

namespace Feeds.Scheduling;

/// <summary>When a cadence sends, for people.</summary>
/// <param name="Cadence">The cadence as it is stored.</param>
/// <param name="Sentence">The schedule in words of the publication's language ("Every Monday at 08:00, Europe/Paris").</param>
/// <param name="NextRuns">The next five slots in the cadence's zone with its offset; none where paused.</param>
public sealed record ScheduleListing(Cadence Cadence, string Sentence, IReadOnlyList<DateTimeOffset> NextRuns);

/// <summary>What an admin changes; null leaves a value as it is.</summary>
public sealed record ScheduleChange(string? Cron = null, string? Zone = null, int? MinimumArticles = null, bool? Paused = null, long? Revision = null);

/// <summary>Shows, checks and changes schedules: the same checks for configuration, command line and admin.</summary>
public sealed class ScheduleBook(CadenceStore cadences)
{
    /// <summary>All cadences, by name.</summary>
    public Task<IReadOnlyList<ScheduleListing>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{cadences}");

    /// <summary>Checks and stores a change; running workers follow within seconds.</summary>
    /// <returns>Null, or a sentence that says which value is wrong and how to mend it, in the publication's language.</returns>
    public Task<string?> ChangeAsync(string cadence, ScheduleChange change, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The next slots of a cron expression in a zone that fall after an instant.</summary>
    public static IReadOnlyList<DateTimeOffset> NextRuns(string cron, string zone, DateTimeOffset after, int count) => throw new NotImplementedException();
}
