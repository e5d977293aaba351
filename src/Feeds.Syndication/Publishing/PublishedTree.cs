using System.Collections.Concurrent;

namespace Feeds.Syndication.Publishing;

/// <summary>The files of a published folder. Paths are those of feeds, below the folder; nothing outside it is touched, be it by a link.</summary>
internal sealed class PublishedTree(string root)
{
    private const string Archives = "archive";
    private const string Categories = "categories";

    private static readonly HashSet<string> FileNames = [.. FeedFormats.All.SelectMany(format => ((string[])["", ".gz", ".br"]).Select(coding => format.FileName() + coding))];

    private readonly ConcurrentDictionary<string, bool> prepared = new(StringComparer.Ordinal);

    public string Root => root;

    /// <summary>Makes the folders on the way to a file.</summary>
    /// <returns>The file's absolute path.</returns>
    /// <exception cref="FeedFolderException">There can't be such a file.</exception>
    public string Prepare(string path)
    {
        var file = Path.GetFullPath(Path.Combine(root, path));
        var folder = Path.GetDirectoryName(file)!;
        if (!prepared.ContainsKey(folder))
        {
            if (Link(path) is { } link)
            {
                throw new FeedFolderException($"{link} leads out of {root}, and feeds are written to no other folder. Put a folder in its place, or name another folder to publish to.");
            }

            Directory.CreateDirectory(folder);
            prepared[folder] = true;
        }

        if (Directory.Exists(file))
        {
            throw new FeedFolderException($"{file} is a folder where a feed is to be. Take it away, or name another folder to publish to.");
        }

        return file;
    }

    /// <summary>Whether the file has these bytes and this time of change.</summary>
    public bool Has(string path, ReadOnlySpan<byte> bytes, DateTimeOffset lastModified)
    {
        var file = new FileInfo(Path.Combine(root, path));
        return file.Exists && file.LinkTarget is null && file.Length == bytes.Length && file.LastWriteTimeUtc == lastModified.UtcDateTime
            && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(bytes);
    }

    /// <summary>
    /// Whether what somebody else removed or wrote over is all there again: the live documents by size and time of change,
    /// of archives only how many there are. Nothing is read.
    /// </summary>
    public bool Holds(FolderManifest manifest) =>
        manifest.Files.All(file =>
            new FileInfo(Path.Combine(root, file.Path)) is { Exists: true } plain && plain.Length == file.Length && plain.LastWriteTimeUtc == file.LastModified.UtcDateTime
            && ((string[])[".gz", ".br"]).All(coding => new FileInfo(Path.Combine(root, file.Path + coding)) is { Exists: true } coded && coded.LastWriteTimeUtc == file.LastModified.UtcDateTime))
        && manifest.Feeds.All(feed => feed.Archives == 0 || (Directory.Exists(Path.Combine(root, feed.Folder, Archives)) && Directory.EnumerateDirectories(Path.Combine(root, feed.Folder, Archives)).LongCount() >= feed.Archives));

    /// <summary>Removes the file if it is there, and the folders that are empty without it.</summary>
    public void Remove(string path)
    {
        if (Link(path) is not null)
        {
            return;
        }

        File.Delete(Path.Combine(root, path));
        for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            var directory = new DirectoryInfo(Path.Combine(root, folder));
            if (!directory.Exists || directory.EnumerateFileSystemInfos().Any())
            {
                return;
            }

            directory.Delete();
        }
    }

    /// <summary>Every file of feeds that there is, of whatever time.</summary>
    public IEnumerable<string> FeedFiles() =>
        Folders(Categories).SelectMany(category => FeedFiles($"{Categories}/{category}/")).Concat(FeedFiles(""));

    /// <summary>The files of one feed and its archives.</summary>
    /// <param name="folder">What its paths begin with.</param>
    public IEnumerable<string> FeedFiles(string folder) =>
        Link(folder) is null
            ? Folders(folder + Archives).Where(name => name.All(char.IsAsciiDigit)).Select(name => $"{folder}{Archives}/{name}/").Append(folder).SelectMany(Files)
            : [];

    private IEnumerable<string> Files(string place)
    {
        var folder = new DirectoryInfo(Path.Combine(root, place));
        return folder.Exists ? folder.GetFiles().Select(file => file.Name).Where(FileNames.Contains).Select(name => place + name) : [];
    }

    private IEnumerable<string> Folders(string path)
    {
        var folder = new DirectoryInfo(Path.Combine(root, path));
        return folder.Exists && folder.LinkTarget is null ? folder.GetDirectories().Where(one => one.LinkTarget is null).Select(one => one.Name) : [];
    }

    /// <summary>The first folder on the way that is a link, or something that is no folder of ours at all.</summary>
    private string? Link(string path)
    {
        var folder = root;
        foreach (var name in path.Split('/')[..^1])
        {
            folder = Path.Combine(folder, name);
            if (name is "" or "." or ".." || new DirectoryInfo(folder).LinkTarget is not null)
            {
                return folder;
            }
        }

        return null;
    }
}
