using System.Security.Cryptography;
using Feeds.Articles.Markup;
using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>What an article said of its enclosure, looked at: it (if it can be used), the file that was looked for, why it can't be used.</summary>
internal sealed record FoundEnclosure(NewEnclosure? Enclosure, LookedFor? Looked, Refusal? Refusal);

/// <summary>A file that was looked for (absolute), as it was before it was read; without a stamp where there was none.</summary>
internal sealed record LookedFor(string Path, FileStamp? Stamp);

/// <summary>
/// The sound or film of articles: at an address of the web, or small ones beside the article, which come into the store.
/// </summary>
internal sealed class FolderEnclosures(string folder, MediaStore media)
{
    /// <summary>Some ten minutes of speech. A whole episode belongs to a host of files: the store is no place for it, nor are we the server.</summary>
    private const int LargestMegabytes = 10;

    /// <summary>The article's enclosure.</summary>
    public async Task<FoundEnclosure> FindAsync(ArticleFile article, CancellationToken cancellationToken)
    {
        if (article.Head.Enclosure is not { } written)
        {
            return new FoundEnclosure(null, null, null);
        }

        var seconds = (int?)written.Duration?.TotalSeconds;
        if (Uri.TryCreate(written.Address.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address.UserInfo.Length > 0
                ? Refused(written, null, "has a user name in it. Take it out: everybody reads it.")
                : new FoundEnclosure(new NewEnclosure(address.AbsoluteUri, written.Type?.Value ?? EnclosureType.Of(address.AbsolutePath, written.Kind)!, written.Length!.Value, seconds), null, null);
        }

        if (LocalFile.PathOf(article.Path, written.Address.Value) is not { } path || EnclosureType.Of(path, written.Kind) is not { } type)
        {
            return Refused(written, null, $"is neither an address that begins with https:// nor the path of a file of {written.Kind} relative to the article, such as {Example(written.Kind)}.");
        }

        var looked = new LookedFor(path, FileStamp.Of(path));
        var (content, refusal) = await LocalFile.ReadAsync(folder, path, LargestMegabytes, $"Put it on a host of files and write its address, with {written.Kind}_length.", cancellationToken);
        if (content is null)
        {
            return Refused(written, looked, refusal ?? "is not there. Correct the path, which starts at the article’s own folder.");
        }

        if (written.Length is { } length && length != content.Length)
        {
            return Refused(written, looked, $"has {content.Length} bytes, and {written.Kind}_length says {length}. Leave {written.Kind}_length out beside a file.");
        }

        if (!EnclosureType.Fits(type, content))
        {
            return Refused(written, looked, $"is no {type} inside, whatever its name says. Save it anew.");
        }

        var name = $"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}{Path.GetExtension(path).ToLowerInvariant()}";
        await media.AddAsync(new MediaFile(name, type, content), cancellationToken);
        return new FoundEnclosure(new NewEnclosure(OwnAddress.OfMedia(name), written.Type?.Value ?? type, content.Length, seconds), looked, null);
    }

    private static FoundEnclosure Refused(WrittenEnclosure written, LookedFor? looked, string reason) =>
        new(null, looked, new Refusal(written.Address.Line, $"The {written.Kind} {PlainText.Shorten(written.Address.Value, 100)} {reason}"));

    private static string Example(string kind) => string.Equals(kind, "audio", StringComparison.Ordinal) ? "episode.mp3" : "episode.mp4";
}
