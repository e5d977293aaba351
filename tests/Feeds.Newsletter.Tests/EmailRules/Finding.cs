namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>A warning is a matter of taste and tolerance; a failure is a broken promise.</summary>
internal enum Grade
{
    Warn,
    Fail,
}

/// <summary>What a rule has against a mail.</summary>
internal sealed record Finding(string Rule, Grade Grade, string What)
{
    public override string ToString() => $"{Rule} {Grade}: {What}";
}

/// <summary>What the rules can't read from the mail itself.</summary>
internal sealed record Expectation
{
    /// <summary>Whether it goes out to people: then nothing may point at this machine or go in clear.</summary>
    public bool Live { get; init; } = true;

    /// <summary>Whether it is an edition rather than a confirmation.</summary>
    public bool Edition { get; init; } = true;

    /// <summary>Texts of articles, which may look like the leftovers of a template and are to stand as they are.</summary>
    public IReadOnlyList<string> Literals { get; init; } = [];

    /// <summary>What the footer names: publisher, contact, why the mail came.</summary>
    public IReadOnlyList<string> Footer { get; init; } = [];

    /// <summary>Beginnings of addresses that are links of the mail itself, not of articles.</summary>
    public IReadOnlyList<string> OwnLinks { get; init; } = [];
}
