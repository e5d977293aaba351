using Feeds.Articles;

namespace Feeds.Newsletter;

/// <summary>What becomes of articles that an edition has no room for.</summary>
public enum Overflow
{
    /// <summary>The edition shows the newest and counts the rest (“and 12 more”).</summary>
    Count,

    /// <summary>The edition shows the oldest, and the rest waits for the next.</summary>
    Carry,
}

/// <summary>A schedule of a newsletter, as the store holds it.</summary>
public sealed record Cadence
{
    /// <summary>Unique, lower-case ASCII letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What people read.</summary>
    public required string Title { get; init; }

    /// <summary>The newsletter that has it.</summary>
    public required string Newsletter { get; init; }

    /// <summary>Quartz cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>IANA zone of <see cref="Cron"/>.</summary>
    public required string Zone { get; init; }

    /// <summary>Slugs of its categories, or names as the configuration has them, also former ones; empty means all.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Fewest articles that a person gets an edition for, 1–100; fewer wait for the next slot.</summary>
    public required int MinimumArticles { get; init; }

    /// <summary>Most articles shown in an edition, 1–100.</summary>
    public required int MaximumArticles { get; init; }

    /// <summary>What becomes of the articles beyond <see cref="MaximumArticles"/>.</summary>
    public required Overflow Overflow { get; init; }

    /// <summary>While true no slot makes an edition.</summary>
    public required bool Paused { get; init; }

    /// <summary>Grows with each saved change; a change based on an older one is refused.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether its editions tell of that category, so that people may choose it.</summary>
    public bool IsAbout(Category category) =>
        Categories.Count == 0 || Categories.Any(category.IsCalled);
}
