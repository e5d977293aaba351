using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Feeds.Syndication;

/// <summary>One feed, ready to be sent: the same articles give the same bytes in every process.</summary>
public sealed class FeedDocument
{
    private readonly Lazy<Compressed> compressed;

    /// <param name="path">See <see cref="Path"/>.</param>
    /// <param name="contentType">See <see cref="ContentType"/>.</param>
    /// <param name="body">See <see cref="Body"/>.</param>
    /// <param name="changedAt">When the content last changed, as the store says.</param>
    /// <param name="before">What stood at this path before, where it was made by this process.</param>
    internal FeedDocument(string path, string contentType, ReadOnlyMemory<byte> body, DateTimeOffset changedAt, FeedStamp? before)
    {
        Path = path;
        ContentType = contentType;
        Body = body;
        ETag = EntityTag(body.Span);
        LastModified = TimeOfChange(changedAt, before);
        compressed = new Lazy<Compressed>(() => Compressed.Of(body));
    }

    /// <summary>Its address below the publication's base, e.g. <c>categories/seo/feed.atom</c>; also its file name when published.</summary>
    public string Path { get; }

    /// <summary>With charset.</summary>
    public string ContentType { get; }

    /// <summary>UTF-8 XML without byte order mark.</summary>
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

    internal FeedStamp Stamp => new(ETag, LastModified);

    // Entity tag and time of change move together: equal bytes keep their time, and two changes within one second get two.
    private DateTimeOffset TimeOfChange(DateTimeOffset changedAt, FeedStamp? before)
    {
        if (before is null)
        {
            return changedAt;
        }

        if (string.Equals(before.ETag, ETag, StringComparison.Ordinal))
        {
            return before.LastModified;
        }

        return changedAt > before.LastModified ? changedAt : before.LastModified.AddSeconds(1);
    }

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

/// <summary>What is remembered of a document when it gives way to another.</summary>
internal sealed record FeedStamp(string ETag, DateTimeOffset LastModified);
