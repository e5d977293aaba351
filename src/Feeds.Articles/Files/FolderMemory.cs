namespace Feeds.Articles.Files;

/// <summary>
/// What the last look at a folder found, so that the next one reads only what changed since. An import that begins with
/// an empty memory reads everything.
/// </summary>
internal sealed class FolderMemory
{
    private Dictionary<string, KnownFile> files = new(StringComparer.Ordinal);

    /// <summary>What is known of the file, if neither it nor a picture or sound of it changed since.</summary>
    public KnownFile? Find(FoundFile file) =>
        files.TryGetValue(file.Name, out var known) && known.Stamp == file.Stamp && known.Files.All(beside => FileStamp.Of(beside.Key) == beside.Value)
            ? known
            : null;

    /// <summary>Remembers these and nothing else.</summary>
    public void Replace(IEnumerable<KnownFile> known) => files = known.ToDictionary(file => file.Name, StringComparer.Ordinal);
}

/// <summary>A file that needs no reading as long as it stays as it is.</summary>
/// <param name="Name">Below the folder.</param>
/// <param name="Stamp">When it was read.</param>
/// <param name="Head">Date and slug; null where the file is refused.</param>
/// <param name="Refusal">Why it is.</param>
/// <param name="IsStored">Whether its article is in the store as it is.</param>
/// <param name="Files">Others it looked for, absolute, as they were then.</param>
internal sealed record KnownFile(string Name, FileStamp Stamp, ArticleHead? Head, Refusal? Refusal, bool IsStored, IReadOnlyDictionary<string, FileStamp?> Files)
{
    public static readonly IReadOnlyDictionary<string, FileStamp?> NoFiles = new Dictionary<string, FileStamp?>(StringComparer.Ordinal);
}

/// <summary>What decides a file's place among the others.</summary>
/// <param name="Slug">Its own.</param>
/// <param name="SlugLine">Where it is written; 0 where it isn't.</param>
/// <param name="Formerly">Those that it had, each with its line.</param>
/// <param name="Date">Of publication.</param>
internal sealed record ArticleHead(string Slug, int SlugLine, IReadOnlyList<Placed> Formerly, DateTimeOffset Date);
