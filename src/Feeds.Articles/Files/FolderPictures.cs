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
    private const int LargestMegabytes = 5;
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
        if (LocalFile.PathOf(article, address) is not { } path || !Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            return new FoundPicture(null, null, null);
        }

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
        stamps[path] = FileStamp.Of(path);
        var (content, refusal) = await LocalFile.ReadAsync(folder, path, LargestMegabytes, "Save it smaller.", cancellationToken);
        if (content is null)
        {
            return new FoundPicture(path, null, refusal);
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
