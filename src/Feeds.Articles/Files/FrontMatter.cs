using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>Why a file is not imported, and where in it (line from 1, 0 for the whole file).</summary>
/// <param name="Line">Where.</param>
/// <param name="Reason">Why, with the mend.</param>
/// <param name="IsPassing">Whether it may be over without the file being written: what other files are, who may read it.</param>
internal sealed record Refusal(int Line, string Reason, bool IsPassing = false);

/// <summary>A value and the line it stands on (from 1).</summary>
internal sealed record Placed(string Value, int Line);

/// <summary>What a file says of its article's sound or film.</summary>
/// <param name="Kind">The key it is written under: <c>audio</c> or <c>video</c>.</param>
/// <param name="Address">An absolute address, or a path relative to the file.</param>
/// <param name="Type">Media type, or null where the address tells.</param>
/// <param name="Length">In bytes; null where it is that of a file beside the article.</param>
/// <param name="Duration">In whole seconds.</param>
internal sealed record WrittenEnclosure(string Kind, Placed Address, Placed? Type, long? Length, TimeSpan? Duration);

/// <summary>What a file says of its article, checked.</summary>
internal sealed record FrontMatter
{
    public required string Title { get; init; }

    public required DateTimeOffset Date { get; init; }

    public DateTimeOffset? Updated { get; init; }

    public Placed? Slug { get; init; }

    /// <summary>Slugs that it had.</summary>
    public IReadOnlyList<Placed> Formerly { get; init; } = [];

    public string? Author { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public string? Summary { get; init; }

    /// <summary>An absolute address, or a path relative to the file.</summary>
    public Placed? Image { get; init; }

    public string? ImageAlternative { get; init; }

    public WrittenEnclosure? Enclosure { get; init; }

    public ArticleStatus Status { get; init; }

    /// <summary>Why it is removed.</summary>
    public string? Reason { get; init; }

    /// <summary>What the file holds now differs from what it held before in nothing that readers need to see again.</summary>
    public bool IsMinor { get; init; }

    public Uri? Url { get; init; }
}
