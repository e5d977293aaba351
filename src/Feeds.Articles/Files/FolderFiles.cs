using System.IO.Enumeration;

namespace Feeds.Articles.Files;

/// <summary>What changes when a file is written.</summary>
internal sealed record FileStamp(long Length, long WrittenTicks)
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
}

/// <summary>A Markdown file of the import folder.</summary>
/// <param name="Name">Its path below the folder, with <c>/</c>.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Stamp">As it was seen.</param>
internal sealed record FoundFile(string Name, string Path, FileStamp Stamp);

/// <summary>The files of an import folder.</summary>
internal static class FolderFiles
{
    /// <summary>The most files one folder may hold.</summary>
    public const int Most = 100_000;

    /// <summary>Every <c>*.md</c> below the folder, at most one more than <see cref="Most"/>, by name.</summary>
    /// <remarks>Names that begin with . # or ~ belong to editors; linked folders could lead around in a circle.</remarks>
    public static List<FoundFile> Find(string folder)
    {
        var files = new FileSystemEnumerable<FoundFile?>(
            folder,
            (ref FileSystemEntry entry) => Found(folder, entry.ToFullPath()),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsArticle(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.FileName.StartsWith('.') && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return files.OfType<FoundFile>().Take(Most + 1).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
    }

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

    private static FoundFile? Found(string folder, string path) =>
        FileStamp.Of(path) is { } stamp
            ? new FoundFile(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), path, stamp)
            : null;

    private static bool IsBelow(string folder, string path) =>
        Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
