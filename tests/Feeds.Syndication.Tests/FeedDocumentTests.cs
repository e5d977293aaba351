using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Feeds.Syndication.Tests;

public sealed class FeedDocumentTests
{
    [Fact]
    public void Equal_bytes_have_equal_tags_and_each_encoding_has_its_own()
    {
        var one = Document("<feed/>");
        var same = Document("<feed/>");
        var other = Document("<feed></feed>");

        Assert.Equal(one.ETag, same.ETag);
        Assert.Equal(one.GzipETag, same.GzipETag);
        Assert.Equal(one.BrotliETag, same.BrotliETag);
        Assert.Equal(6, new[] { one.ETag, one.GzipETag, one.BrotliETag, other.ETag, other.GzipETag, other.BrotliETag }.Distinct(StringComparer.Ordinal).Count());
        Assert.All([one.ETag, one.GzipETag, one.BrotliETag], tag => Assert.Matches(new Regex("^\"[A-Za-z0-9_-]{22}\"$", RegexOptions.None, TimeSpan.FromSeconds(1)), tag));
    }

    [Fact]
    public void The_compressed_bytes_hold_the_same_and_no_time_at_which_they_were_made()
    {
        var document = Document(new string('a', 10_000));

        using var gzip = new GZipStream(new MemoryStream(document.Gzip.ToArray()), CompressionMode.Decompress);
        using var body = new MemoryStream();
        gzip.CopyTo(body);

        Assert.Equal(document.Body.ToArray(), body.ToArray());
        // RFC 1952 §2.3.1: MTIME 0 says that there is no time stamp.
        Assert.Equal([0, 0, 0, 0], document.Gzip.Slice(4, 4).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public void Brotli_holds_the_same_and_is_made_once(int length)
    {
        var document = Document(string.Concat(Enumerable.Range(0, length).Select(number => (char)('a' + (number * number % 23)))));

        using var brotli = new BrotliStream(new MemoryStream(document.Brotli.ToArray()), CompressionMode.Decompress);
        using var body = new MemoryStream();
        brotli.CopyTo(body);

        Assert.Equal(document.Body.ToArray(), body.ToArray());
        Assert.True(document.Brotli.Equals(document.Brotli));
    }

    private static FeedDocument Document(string body) => new("feed.rss", "", System.Text.Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch, FeedRhythm.Hourly);
}
