namespace Feeds.Syndication;

/// <summary>What <see cref="FeedFolder"/> did, in files.</summary>
public sealed record FeedFolderReport(int Written, int Unchanged, int Removed);

/// <summary>The feeds as files for a static host.</summary>
public sealed class FeedFolder(FeedLibrary library)
{
    private const string Categories = "categories";

    /// <summary>
    /// Writes every feed and their list below the folder with the bytes that <c>serve</c> sends; each file appears whole or not at all. A
    /// file that already has these bytes is left alone. Of what else is in the folder, only <c>feed.rss</c>,
    /// <c>feed.atom</c> and <c>feed.json</c> below <c>categories/</c> are removed where there is no such feed any more.
    /// </summary>
    /// <exception cref="FeedFolderException">The folder or something in it can't be written; the message says what and how to mend it.</exception>
    public async Task<FeedFolderReport> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        try
        {
            var written = 0;
            var kept = new HashSet<string>(StringComparer.Ordinal);
            await foreach (var document in library.EachAsync(cancellationToken))
            {
                var path = Path.Combine(root, document.Path);
                kept.Add(path);
                if (await WriteAsync(path, document.Body, cancellationToken))
                {
                    written++;
                }
            }

            return new FeedFolderReport(written, kept.Count - written, RemoveOthers(root, kept));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FeedFolderException($"The feeds can't be written to {root}: {refused.Message.TrimEnd('.')}. See that it is a folder, that this user may write there and that the disk has room, or name another folder.", refused);
        }
    }

    private static async Task<bool> WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (await IsSameAsync(path, bytes, cancellationToken))
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = Unfinished(path);
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            await file.WriteAsync(bytes, cancellationToken);
        }

        File.Move(unfinished, path, overwrite: true);
        return true;
    }

    private static async Task<bool> IsSameAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == bytes.Length && (await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().SequenceEqual(bytes.Span);
    }

    private static int RemoveOthers(string root, HashSet<string> kept)
    {
        var removed = 0;
        var categories = new DirectoryInfo(Path.Combine(root, Categories));
        foreach (var category in categories.Exists ? categories.GetDirectories() : [])
        {
            if (category.LinkTarget is not null)
            {
                continue;
            }

            foreach (var path in FeedFormats.All.Select(format => Path.Combine(category.FullName, format.FileName())))
            {
                // What a killed run left behind.
                File.Delete(Unfinished(path));
                if (!kept.Contains(path) && File.Exists(path))
                {
                    File.Delete(path);
                    removed++;
                }
            }

            if (!category.EnumerateFileSystemInfos().Any())
            {
                category.Delete();
            }
        }

        return removed;
    }

    private static string Unfinished(string path) => path + ".unfinished";
}
