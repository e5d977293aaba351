using System.Collections.Concurrent;
using System.Security.Cryptography;
using Feeds.Articles.Markup;
using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>A picture of the import folder that is in the store.</summary>
internal sealed record StoredPicture(string Name, int Width, int Height);

/// <summary>The picture at an address in an article: it is stored, or it can't be, or (neither) the folder has no such picture.</summary>
/// <param name="Path">The file that was looked for, below the folder; null where the address is none of a file.</param>
/// <param name="Stored">It, in the store.</param>
/// <param name="Refusal">Why it can't be used, with the mend.</param>
internal sealed record FoundPicture(string? Path, StoredPicture? Stored, string? Refusal);

/// <summary>Brings the pictures beside the articles into the store, each once for a whole import.</summary>
internal sealed class FolderPictures(string folder, MediaStore media)
{
    private const int LargestFile = 5 * 1024 * 1024;
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".gif", ".webp"];
    private readonly ConcurrentDictionary<string, FoundPicture> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FileStamp?> stamps = new(StringComparer.Ordinal);

    /// <summary>The stamp that the file at that path had when it was looked for; null where there was none.</summary>
    public FileStamp? StampOf(string path) => stamps.GetValueOrDefault(path);

    /// <summary>The picture at an address that an article wrote.</summary>
    /// <param name="article">The article's file.</param>
    /// <param name="address">Relative to it, perhaps percent-encoded.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FoundPicture> FindAsync(string article, string address, CancellationToken cancellationToken)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        var relative = Uri.UnescapeDataString(end < 0 ? address : address[..end]);
        if (relative.Length is 0 or > 1000 || relative[0] is '/' or '\\' || relative.Contains(':', StringComparison.Ordinal) || relative.Contains('\0', StringComparison.Ordinal)
            || !Extensions.Contains(Path.GetExtension(relative), StringComparer.OrdinalIgnoreCase))
        {
            return new FoundPicture(null, null, null);
        }

        var path = Path.GetFullPath(relative, Path.GetDirectoryName(article)!);
        if (!known.TryGetValue(path, out var found))
        {
            found = await ReadAsync(path, cancellationToken);
            known[path] = found;
        }

        return found;
    }

    private async Task<FoundPicture> ReadAsync(string path, CancellationToken cancellationToken)
    {
        // Taken first: who writes it meanwhile is found out.
        var seen = stamps[path] = FileStamp.Of(path);
        if (seen is not { } stamp)
        {
            return new FoundPicture(path, null, null);
        }

        if (!FolderFiles.Holds(folder, path))
        {
            return new FoundPicture(path, null, "lies outside the import folder. Copy it beside the article.");
        }

        if (stamp.Length > LargestFile)
        {
            return new FoundPicture(path, null, $"has more than {LargestFile / 1024 / 1024} MB. Save it smaller.");
        }

        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new FoundPicture(path, null, "can't be read. Give the program’s user the right to read it.");
        }

        if (ImageHeader.Read(content) is not { } header)
        {
            return new FoundPicture(path, null, "is no PNG, JPEG, GIF or WebP inside, whatever its name says. Save it anew.");
        }

        var name = $"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}.{header.Extension}";
        await media.AddAsync(new MediaFile(name, header.ContentType, content), cancellationToken);
        return new FoundPicture(path, new StoredPicture(name, header.Width, header.Height), null);
    }
}
