using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Feeds.Syndication;

/// <summary>One feed, ready to be sent: the same articles give the same bytes in every process.</summary>
public sealed class FeedDocument
{
    private readonly Lazy<Compressed> gzip;
    private readonly Lazy<Compressed> brotli;

    internal FeedDocument(string path, string contentType, ReadOnlyMemory<byte> body, DateTimeOffset lastModified, FeedRhythm rhythm)
    {
        Path = path;
        ContentType = contentType;
        Body = body;
        ETag = EntityTag(body.Span);
        LastModified = lastModified;
        LastModifiedDate = lastModified.ToString("R", CultureInfo.InvariantCulture);
        MaxAge = rhythm.MaxAge;
        StaleWhileRevalidate = rhythm.StaleWhileRevalidate;
        CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)MaxAge.TotalSeconds}, stale-while-revalidate={(long)StaleWhileRevalidate.TotalSeconds}, stale-if-error={(long)StaleIfError.TotalSeconds}");
        gzip = new Lazy<Compressed>(() => new Compressed(CompressByGzip(body)));
        brotli = new Lazy<Compressed>(() => new Compressed(CompressByBrotli(body)));
    }

    /// <summary>Its address below the publication's base, e.g. <c>categories/seo/feed.atom</c>; also its file name when published.</summary>
    public string Path { get; }

    /// <summary>Of the header that names its hubs and its own address (RFC 8288); null where it is no feed.</summary>
    public string? Link { get; internal init; }

    /// <summary>With charset.</summary>
    public string ContentType { get; }

    /// <summary>UTF-8 without byte order mark.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The same, compressed (RFC 1952); made when it is first asked for.</summary>
    public ReadOnlyMemory<byte> Gzip => gzip.Value.Bytes;

    /// <summary>Strong entity tag of <see cref="Body"/>, with its quotes (RFC 9110 §8.8.3).</summary>
    public string ETag { get; }

    /// <summary>Strong entity tag of <see cref="Gzip"/>.</summary>
    public string GzipETag => gzip.Value.ETag;

    /// <summary>The same in Brotli (RFC 7932); made when it is first asked for.</summary>
    public ReadOnlyMemory<byte> Brotli => brotli.Value.Bytes;

    /// <summary>Strong entity tag of <see cref="Brotli"/>.</summary>
    public string BrotliETag => brotli.Value.ETag;

    /// <summary>Whole seconds, UTC; moves forward whenever the entity tag changes.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>The same as an HTTP date (RFC 9110 §5.6.7).</summary>
    public string LastModifiedDate { get; }

    /// <summary><see cref="MaxAge"/>, <see cref="StaleWhileRevalidate"/> and <see cref="StaleIfError"/> as the value of Cache-Control (RFC 9111 §5.2.2).</summary>
    public string CacheControl { get; }

    /// <summary>Every entity tag under which somebody may have it: those of codings that were made so far.</summary>
    internal IEnumerable<string> SentTags =>
        ((string?[])[ETag, gzip.IsValueCreated ? GzipETag : null, brotli.IsValueCreated ? BrotliETag : null]).OfType<string>();

    internal FeedDelta? Delta { get; init; }

    /// <summary>
    /// How long a cache may hold it: 5–30 minutes, by the rhythm of its entries. An article shows up that much later behind
    /// a shared cache than on our pages, and such a cache takes the whole load of a popular feed.
    /// </summary>
    public TimeSpan MaxAge { get; }

    /// <summary>
    /// How long after that a shared cache may still answer with it while it asks us (RFC 5861 §3): 10–60 minutes, so
    /// that nobody waits for a feed that is asked for often. With <see cref="MaxAge"/> it stays below what RSS promises as
    /// <c>ttl</c>.
    /// </summary>
    public TimeSpan StaleWhileRevalidate { get; }

    /// <summary>How long a cache may answer with it while we can't (RFC 5861 §4): a day, for readers stop at errors.</summary>
    public TimeSpan StaleIfError { get; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The same feed with only those entries that are new or another since it had that entity tag (RFC 3229, the
    /// manipulation <c>feed</c>); null where that is not known any more, or where the whole is no longer.
    /// </summary>
    public FeedDocument? Since(string entityTag) => Delta?.Since(entityTag);

    // 128 bits: two versions of a feed will not share a tag before the sun goes out.
    private static string EntityTag(ReadOnlySpan<byte> bytes) => $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 16))}\"";

    private static byte[] CompressByGzip(ReadOnlyMemory<byte> body)
    {
        using var output = new MemoryStream(body.Length / 3);
        using (var stream = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(body.Span);
        }

        return output.ToArray();
    }

    private static byte[] CompressByBrotli(ReadOnlyMemory<byte> body)
    {
        // As quick as gzip and smaller; the last tenth of size would cost the first reader thirty times as long.
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            return BrotliEncoder.TryCompress(body.Span, buffer, out var length, quality: 6, window: 22)
                ? buffer[..length]
                : throw new UnreachableException();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Compressed(ReadOnlyMemory<byte> Bytes)
    {
        public string ETag { get; } = EntityTag(Bytes.Span);
    }
}
