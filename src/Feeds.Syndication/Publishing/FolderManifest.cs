using System.Text.Encodings.Web;
using System.Text.Json;

namespace Feeds.Syndication.Publishing;

/// <summary>A live feed or the list of feeds as it was published.</summary>
/// <param name="Path">Below the folder; <c>.gz</c> and <c>.br</c> lie beside it.</param>
/// <param name="Etag">Of the file, with its quotes, as <c>serve</c> sends it.</param>
/// <param name="GzipEtag">Of the same in gzip.</param>
/// <param name="BrotliEtag">Of the same in Brotli.</param>
/// <param name="Length">Of the file, in bytes.</param>
/// <param name="ContentType">With charset.</param>
/// <param name="LastModified">Whole seconds, UTC; also the files' time of change.</param>
internal sealed record PublishedFile(string Path, string Etag, string GzipEtag, string BrotliEtag, long Length, string ContentType, DateTimeOffset LastModified);

/// <summary>A feed whose live documents and archives are in the folder.</summary>
/// <param name="Folder">What its paths begin with.</param>
/// <param name="Category">Its name, or null where it is the whole publication's.</param>
/// <param name="Archives">It has those from 1 to this.</param>
internal sealed record PublishedFeed(string Folder, string? Category, long Archives);

/// <summary>
/// What a published folder holds and which state of which store it is: enough to go on from there. Archives are counted and
/// not listed, so that it grows with the feeds and not with what they keep; an archive's entity tag is, as every one, the
/// first 16 bytes of the SHA-256 of its bytes in Base64url.
/// </summary>
/// <param name="Layout">Which files there are for each feed; <see cref="CurrentLayout"/>.</param>
/// <param name="Store">The store's identity.</param>
/// <param name="Settings">A hash of what feeds depend on besides the articles.</param>
/// <param name="Change">The store's number of its newest change that is in the folder.</param>
/// <param name="Feeds">By folder.</param>
/// <param name="Files">By path.</param>
internal sealed record FolderManifest(int Layout, string Store, string Settings, long Change, IReadOnlyList<PublishedFeed> Feeds, IReadOnlyList<PublishedFile> Files)
{
    public const string Name = "feeds.manifest.json";
    public const int CurrentLayout = 2;

    /// <summary>Where feeds were before their categories were renamed, by that; a static host leads on from there.</summary>
    public IReadOnlyList<MovedFolder> Moved { get; init; } = [];

    /// <summary>The folders of categories that have no feed any more, sorted; a static host answers 410 there.</summary>
    public IReadOnlyList<string> Ended { get; init; } = [];

    /// <summary>The live documents with their two codings, and the archives.</summary>
    public int FileCount => (3 * Files.Count) + (int)Feeds.Sum(feed => FeedFormats.All.Count * feed.Archives);

    // Entity tags have quotes, which the default encoder would make unreadable.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The folder's, or null where there is none that can be read: then nothing in the folder is trusted.</summary>
    public static FolderManifest? Read(string root)
    {
        try
        {
            return JsonSerializer.Deserialize<FolderManifest>(File.ReadAllBytes(Path.Combine(root, Name)), Json);
        }
        catch (Exception lacking) when (lacking is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];
}
