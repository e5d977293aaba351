namespace Feeds.Newsletter.Importing;

/// <summary>Where a file says that somebody stands, from what weighs least to what weighs most.</summary>
internal enum ImportedState
{
    Confirmed,
    Unconfirmed,
    Left,
    Bounced,
    Complained,
}

/// <summary>What a row of a file says of a person.</summary>
/// <param name="Email">Normalised.</param>
/// <param name="State">Where they stand there.</param>
internal sealed record ImportedPerson(string Email, ImportedState State)
{
    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>Slugs or names, each of which must be a category.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Slugs or names, if they are.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> WithoutAuthors { get; init; } = [];

    /// <summary>BCP 47; empty where the file says none.</summary>
    public string Language { get; init; } = "";

    public bool IsFullText { get; init; }

    public bool IsPlainText { get; init; }

    public SendTime Time { get; init; } = SendTime.OfCadence;

    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>Null where the file says none.</summary>
    public string? Newsletter { get; init; }

    /// <summary>Null where the file says none.</summary>
    public string? Cadence { get; init; }

    /// <summary>Whether the row says that the person is not to be written to.</summary>
    public bool IsLeaving => State >= ImportedState.Left;
}

/// <summary>A row of a file.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Person">What it says; null where it is refused.</param>
/// <param name="Refusal">Why it is refused, with the mend; or null.</param>
/// <param name="Cells">Of a refused one, what stands in it; empty where that can't be told.</param>
internal sealed record ImportedRow(long Line, ImportedPerson? Person, string? Refusal, IReadOnlyList<string> Cells);
