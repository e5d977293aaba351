namespace Feeds.Newsletter;

/// <summary>What is to be imported, and what the operator says of it.</summary>
/// <param name="Path">The file.</param>
public sealed record SubscriberImportRequest(string Path)
{
    /// <summary>Columns by the names of what they hold, where these aren't known; an empty one leaves that out.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The cadence of those for whom the file names none; null where there is one cadence.</summary>
    public string? Cadence { get; init; }

    /// <summary>
    /// Where the people agreed, in words that prove it later: whom the file doesn't call otherwise is confirmed. Null: they
    /// are kept as unconfirmed and nothing is sent to them, not even the question; they may ask by the form.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Only tells what would become of it.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>What became of the people in a file; each is counted once.</summary>
public sealed record SubscriberImportCounts
{
    /// <summary>Subscribed now.</summary>
    public long Confirmed { get; init; }

    /// <summary>Kept as unconfirmed.</summary>
    public long Unconfirmed { get; init; }

    /// <summary>Have left, which is known now.</summary>
    public long Left { get; init; }

    /// <summary>On the suppression list now.</summary>
    public long Listed { get; init; }

    /// <summary>Stand here already, and nothing of it changed; or stand in the file more than once.</summary>
    public long Known { get; init; }

    /// <summary>Left here and stay so.</summary>
    public long StayLeft { get; init; }

    /// <summary>Were on the suppression list and stay so.</summary>
    public long StaySuppressed { get; init; }
}

/// <summary>A row that was not taken: on which line it begins, and why, with the mend.</summary>
public sealed record RefusedSubscriber(long Line, string Reason);

/// <summary>How far an import is.</summary>
/// <param name="Share">Of the file, 0 to 1.</param>
/// <param name="Rows">Read.</param>
/// <param name="Refused">Of these.</param>
public sealed record SubscriberImportProgress(double Share, long Rows, long Refused);

/// <summary>What came of an import.</summary>
public sealed record SubscriberImportReport
{
    /// <summary>What was taken from which column.</summary>
    public required IReadOnlyList<(string Field, string Column)> Columns { get; init; }

    /// <summary>Columns of which nothing was taken.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Also what an earlier run did that was stopped.</summary>
    public required SubscriberImportCounts Counts { get; init; }

    /// <summary>How many rows were refused.</summary>
    public required long RefusedCount { get; init; }

    /// <summary>The first five of them.</summary>
    public required IReadOnlyList<RefusedSubscriber> Refused { get; init; }

    /// <summary>Where all of them are, to be mended and imported; null where there are none.</summary>
    public required string? RefusedFile { get; init; }

    /// <summary>Whether an earlier run was stopped and this one went on from there.</summary>
    public required bool IsResumed { get; init; }
}
