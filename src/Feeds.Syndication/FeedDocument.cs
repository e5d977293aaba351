using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Feeds.Syndication;

/// <summary>One feed, ready to be sent: the same articles give the same bytes in every process.</summary>
public sealed class FeedDocument
{
    private readonly Lazy<Compressed> compressed;

    internal FeedDocument(string path, string contentType, ReadOnlyMemory<byte> body, DateTimeOffset lastModified)
    {
        Path = path;
        ContentType = contentType;
        Body = body;
        ETag = EntityTag(body.Span);
        LastModified = lastModified;
        compressed = new Lazy<Compressed>(() => Compressed.Of(body));
    }

    /// <summary>Its address below the publication's base, e.g. <c>categories/seo/feed.atom</c>; also its file name when published.</summary>
    public string Path { get; }

    /// <summary>With charset.</summary>
    public string ContentType { get; }

    /// <summary>UTF-8 without byte order mark.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The same, compressed (RFC 1952); made when it is first asked for.</summary>
    public ReadOnlyMemory<byte> Gzip => compressed.Value.Bytes;

    /// <summary>Strong entity tag of <see cref="Body"/>, with its quotes (RFC 9110 §8.8.3).</summary>
    public string ETag { get; }

    /// <summary>Strong entity tag of <see cref="Gzip"/>.</summary>
    public string GzipETag => compressed.Value.ETag;

    /// <summary>Whole seconds, UTC; moves forward whenever the entity tag changes.</summary>
    public DateTimeOffset LastModified { get; }

    /// <summary>
    /// How long a cache may hold it: five minutes. An article shows up that much later behind a shared cache than on our
    /// pages, and such a cache takes the whole load of a popular feed.
    /// </summary>
    public TimeSpan MaxAge { get; } = TimeSpan.FromMinutes(5);

    // 128 bits: two versions of a feed will not share a tag before the sun goes out.
    private static string EntityTag(ReadOnlySpan<byte> bytes) => $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 16))}\"";

    private sealed record Compressed(ReadOnlyMemory<byte> Bytes, string ETag)
    {
        public static Compressed Of(ReadOnlyMemory<byte> body)
        {
            using var output = new MemoryStream(body.Length / 3);
            using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(body.Span);
            }

            var bytes = output.ToArray();
            return new Compressed(bytes, EntityTag(bytes));
        }
    }
}
