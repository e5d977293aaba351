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
        Assert.Equal(4, new[] { one.ETag, one.GzipETag, other.ETag, other.GzipETag }.Distinct(StringComparer.Ordinal).Count());
        Assert.All([one.ETag, one.GzipETag], tag => Assert.Matches(new Regex("^\"[A-Za-z0-9_-]{22}\"$", RegexOptions.None, TimeSpan.FromSeconds(1)), tag));
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

    private static FeedDocument Document(string body) => new("feed.rss", "", System.Text.Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch);
}
