using Feeds.Storage;

namespace Feeds.Newsletter;

/// <summary>A schedule of the newsletter, as the store holds it.</summary>
public sealed record Cadence
{
    /// <summary>Unique, lower-case ASCII letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What people read.</summary>
    public required string Title { get; init; }

    /// <summary>Quartz cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>IANA zone of <see cref="Cron"/>.</summary>
    public required string Zone { get; init; }

    /// <summary>Slugs of its categories; empty means all.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Fewest new articles for an edition, 1–100.</summary>
    public required int MinimumArticles { get; init; }

    /// <summary>Most articles shown in an edition, 1–100.</summary>
    public required int MaximumArticles { get; init; }

    /// <summary>While true no slot makes an edition.</summary>
    public required bool Paused { get; init; }

    /// <summary>Grows with each saved change; a change based on an older one is refused.</summary>
    public required long Revision { get; init; }
}

/// <summary>The cadences in the store.</summary>
public sealed class CadenceStore(Database database)
{
    /// <summary>On a database without cadences stores those of the configuration.</summary>
    /// <returns>A sentence for each difference between configuration and store; none on a new database.</returns>
    public Task<IReadOnlyList<string>> SeedAsync(CancellationToken cancellationToken) => throw new NotImplementedException($"{database}");

    /// <summary>All, by name.</summary>
    public Task<IReadOnlyList<Cadence>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The cadence of that name, or null.</summary>
    public Task<Cadence?> FindAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stores a checked change of an existing cadence (Scheduling checks; see its ScheduleBook).</summary>
    /// <returns>False where somebody else changed it since <see cref="Cadence.Revision"/> was read.</returns>
    public Task<bool> SaveAsync(Cadence cadence, CancellationToken cancellationToken) => throw new NotImplementedException();
}
