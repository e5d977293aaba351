using System.Runtime.InteropServices;

namespace Feeds.Articles.Files;

/// <summary>
/// What is known of a folder's files, so that an import reads only what changed and still judges it among all the others.
/// It may be a little behind the folder, and is never thought to be ahead of it.
/// </summary>
internal sealed class FolderMemory
{
    private readonly Dictionary<string, KnownFile> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> namesBySlug = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> namesByPicture = new(StringComparer.Ordinal);
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);
    private readonly HashSet<string> unsettled = new(StringComparer.Ordinal);
    private readonly HashSet<string> folders = new(StringComparer.Ordinal);
    private int look;

    /// <summary>Whether a whole look at the folder succeeded: only then does it tell what the folder has not.</summary>
    public bool IsComplete { get; set; }

    public int Count => files.Count;

    /// <summary>How many of them are in the store as they are.</summary>
    public int StoredCount { get; private set; }

    /// <summary>Files that are refused, by name.</summary>
    public IEnumerable<KnownFile> Refused => refused.Order(StringComparer.Ordinal).Select(name => files[name]);

    /// <summary>Names of files that did not get their turn, or were refused for what others are or were.</summary>
    public IReadOnlyList<string> Unsettled => [.. unsettled];

    public KnownFile? Find(string name) => files.GetValueOrDefault(name);

    /// <summary>Begins a look at the whole folder.</summary>
    public void BeginLook() => look++;

    /// <summary>
    /// Notes that the look at hand met the file, and says whether it needs no reading: it was at rest when it was read, and
    /// neither it nor a picture of it changed since.
    /// </summary>
    public bool Knows(ReadOnlySpan<char> name, FileStamp stamp)
    {
        if (!files.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
        {
            return false;
        }

        known.LastLook = look;
        return known.IsAtRest && known.Stamp == stamp && !unsettled.Contains(known.Name) && known.HasItsPictures();
    }

    /// <summary>Names of files that the look at hand, now at its end, did not meet.</summary>
    public IReadOnlyList<string> Unmet() => [.. files.Values.Where(file => file.LastLook != look).Select(file => file.Name)];

    /// <summary>Files whose articles have or claim that slug.</summary>
    public IEnumerable<KnownFile> WithSlug(string slug) => namesBySlug.GetValueOrDefault(slug, []).Select(name => files[name]);

    /// <summary>Whether a file has that slug.</summary>
    public bool HasSlug(string slug) => namesBySlug.ContainsKey(slug);

    /// <summary>Names of files that looked for a picture at that path.</summary>
    public IReadOnlyCollection<string> WithPicture(string path) => namesByPicture.TryGetValue(path, out var names) ? names : [];

    /// <summary>Whether a folder of that name (below the import folder, with <c>/</c>) ever held a file.</summary>
    public bool HadFolder(string name) => folders.Contains(name);

    /// <summary>Remembers the file in place of what was known of it.</summary>
    /// <returns>What was known.</returns>
    public KnownFile? Put(KnownFile file)
    {
        var before = files.GetValueOrDefault(file.Name);
        file.LastLook = look;
        files[file.Name] = file;
        if (before is null)
        {
            NoteFolders(file.Name);
        }

        if (!string.Equals(before?.Head?.Slug, file.Head?.Slug, StringComparison.Ordinal))
        {
            ForgetSlug(before);
            if (file.Head is { } head)
            {
                ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(namesBySlug, head.Slug, out _);
                names = [.. names ?? [], file.Name];
            }
        }

        ForgetPictures(before);
        foreach (var path in file.Pictures.Keys)
        {
            namesByPicture.TryAdd(path, new HashSet<string>(StringComparer.Ordinal));
            namesByPicture[path].Add(file.Name);
        }

        StoredCount += (file.IsStored ? 1 : 0) - (before is { IsStored: true } ? 1 : 0);
        _ = file.Refusal is null ? refused.Remove(file.Name) : refused.Add(file.Name);
        _ = file.IsSettled ? unsettled.Remove(file.Name) : unsettled.Add(file.Name);
        return before;
    }

    /// <summary>Forgets a file that is gone.</summary>
    /// <returns>What was known of it.</returns>
    public KnownFile? Remove(string name)
    {
        if (files.Remove(name, out var before))
        {
            ForgetSlug(before);
            ForgetPictures(before);
            StoredCount -= before.IsStored ? 1 : 0;
            refused.Remove(name);
            unsettled.Remove(name);
        }

        return before;
    }

    private void NoteFolders(string name)
    {
        for (var end = name.LastIndexOf('/'); end > 0 && folders.Add(name[..end]); end = name.LastIndexOf('/', end - 1))
        {
        }
    }

    private void ForgetSlug(KnownFile? file)
    {
        if (file?.Head is { } head)
        {
            var left = Array.FindAll(namesBySlug[head.Slug], name => !string.Equals(name, file.Name, StringComparison.Ordinal));
            if (left.Length > 0)
            {
                namesBySlug[head.Slug] = left;
            }
            else
            {
                namesBySlug.Remove(head.Slug);
            }
        }
    }

    private void ForgetPictures(KnownFile? file)
    {
        foreach (var path in file?.Pictures.Keys ?? [])
        {
            if (namesByPicture.TryGetValue(path, out var names) && names.Remove(file!.Name) && names.Count == 0)
            {
                namesByPicture.Remove(path);
            }
        }
    }
}

/// <summary>A file that needs no reading as long as it stays as it is.</summary>
/// <param name="Name">Below the folder.</param>
/// <param name="Stamp">When it was read.</param>
/// <param name="IsAtRest">Whether it was left alone for a while then, so that the stamp tells a later writing.</param>
/// <param name="Head">Date and slug; null where the file has none that can be read.</param>
internal sealed record KnownFile(string Name, FileStamp Stamp, bool IsAtRest, ArticleHead? Head)
{
    public static readonly IReadOnlyDictionary<string, FileStamp?> NoPictures = new Dictionary<string, FileStamp?>(StringComparer.Ordinal);

    /// <summary>Why it is refused.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Whether its article is in the store as it is.</summary>
    public bool IsStored { get; init; }

    /// <summary>Files it looked for, absolute, as they were then; null where there was none.</summary>
    public IReadOnlyDictionary<string, FileStamp?> Pictures { get; init; } = NoPictures;

    /// <summary>The number of the look that last met it.</summary>
    public int LastLook { get; set; }

    /// <summary>Whether there is nothing to do about it until it changes.</summary>
    public bool IsSettled => IsStored || Refusal is { IsPassing: false };

    /// <summary>Whether the pictures it looked for are as they were.</summary>
    public bool HasItsPictures()
    {
        foreach (var (path, stamp) in Pictures)
        {
            if (FileStamp.Of(path) != stamp)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What decides a file's place among the others.</summary>
/// <param name="Slug">Its own.</param>
/// <param name="SlugLine">Where it is written; 0 where it isn't.</param>
/// <param name="Formerly">Those that it had, each with its line.</param>
/// <param name="Date">Of publication.</param>
internal sealed record ArticleHead(string Slug, int SlugLine, IReadOnlyList<Placed> Formerly, DateTimeOffset Date);
