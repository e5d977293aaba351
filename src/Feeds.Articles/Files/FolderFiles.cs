using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Feeds.Articles.Files;

/// <summary>What changes when a file is written: its size in bytes and the instant of writing (UTC, in the ticks of <see cref="DateTime"/>).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStamp(long Length, long WrittenTicks)
{
    /// <summary>The stamp of a file, or null where there is none.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
            return target is { Exists: true } ? new FileStamp(target.Length, target.LastWriteTimeUtc.Ticks) : null;
        }
        catch (IOException)
        {
            // Gone in this moment, or a link to itself.
            return null;
        }
    }

    /// <summary>
    /// Whether the file was left alone for so long before that instant that a later writing shows: file systems keep times
    /// no finer than some milliseconds, the coarsest in steps of two seconds.
    /// </summary>
    public bool WasAtRest(DateTimeOffset instant) => WrittenTicks < instant.UtcTicks - (3 * TimeSpan.TicksPerSecond);
}

/// <summary>A Markdown file of the import folder.</summary>
/// <param name="Name">Its path below the folder, with <c>/</c>.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Stamp">As it was seen.</param>
internal sealed record FoundFile(string Name, string Path, FileStamp Stamp);

/// <summary>The files of an import folder.</summary>
/// <remarks>Names that begin with . # or ~ belong to editors; linked folders could lead around in a circle.</remarks>
internal static class FolderFiles
{
    /// <summary>The most files one folder may hold.</summary>
    public const int Most = 100_000;

    private const int LongestName = 4096;

    /// <summary>
    /// Looks at every <c>*.md</c> below the folder, in no order: what <paramref name="memory"/> does not know as it is now,
    /// and null for each that it does, so that whoever looks can do something else in between.
    /// </summary>
    public static IEnumerable<FoundFile?> Look(string folder, FolderMemory memory) =>
        new FileSystemEnumerable<FoundFile?>(
            folder,
            (ref FileSystemEntry entry) => Unknown(folder, ref entry, memory),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsArticle(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.FileName.StartsWith('.') && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    /// <summary>The article's file at a path that lies below the folder and not behind a link; null where there is none.</summary>
    public static FoundFile? Find(string folder, string path) =>
        IsArticle(Path.GetFileName(path.AsSpan())) && !IsAside(folder, path) && FileStamp.Of(path) is { } stamp
            ? new FoundFile(NameOf(folder, path), path, stamp)
            : null;

    /// <summary>Whether the path is that of a folder at which a look would look.</summary>
    public static bool IsFolder(string folder, string path) =>
        !Path.GetFileName(path.AsSpan()).StartsWith('.') && Directory.Exists(path) && !IsAside(folder, path);

    /// <summary>A path below the folder, from there on and with <c>/</c>.</summary>
    public static string NameOf(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Whether a file of that name is an article.</summary>
    public static bool IsArticle(ReadOnlySpan<char> name) =>
        name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && name[0] is not ('.' or '#' or '~');

    /// <summary>Whether a path, with its links followed, stays below the folder.</summary>
    public static bool Holds(string folder, string path)
    {
        if (!IsBelow(folder, path))
        {
            return false;
        }

        var realFolder = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
        for (var part = path; part is not null && part.Length > folder.Length; part = Path.GetDirectoryName(part))
        {
            if (File.ResolveLinkTarget(part, returnFinalTarget: true) is { } target && !IsBelow(folder, target.FullName) && !IsBelow(realFolder, target.FullName))
            {
                return false;
            }
        }

        return true;
    }

    // Of a hundred thousand files that are known, none costs a string.
    private static FoundFile? Unknown(string folder, ref FileSystemEntry entry, FolderMemory memory)
    {
        if (StampOf(ref entry) is not { } stamp)
        {
            return null;
        }

        var below = entry.Directory[folder.Length..].TrimStart(Path.DirectorySeparatorChar);
        Span<char> name = stackalloc char[Math.Min(LongestName, below.Length + 1 + entry.FileName.Length)];
        if (name.TryWrite(CultureInfo.InvariantCulture, $"{below}{(below.IsEmpty ? "" : "/")}{entry.FileName}", out var length))
        {
            name = name[..length];
            name.Replace(Path.DirectorySeparatorChar, '/');
            return memory.Knows(name, stamp) ? null : new FoundFile(name.ToString(), entry.ToFullPath(), stamp);
        }

        return null;
    }

    private static FileStamp? StampOf(ref FileSystemEntry entry)
    {
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return FileStamp.Of(entry.ToFullPath());
        }

        try
        {
            return new FileStamp(entry.Length, entry.LastWriteTimeUtc.UtcTicks);
        }
        catch (IOException)
        {
            // Gone in this moment.
            return null;
        }
    }

    // What a look would pass by.
    private static bool IsAside(string folder, string path)
    {
        for (var part = Path.GetDirectoryName(path); part is not null && part.Length > folder.Length; part = Path.GetDirectoryName(part))
        {
            if (Path.GetFileName(part.AsSpan()).StartsWith('.') || new DirectoryInfo(part).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBelow(string folder, string path) =>
        Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
