using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Feeds.Syndication.Tests;

public sealed class FeedDocumentTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

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

    [Theory]
    [InlineData("new", 10, 10)]
    [InlineData("new", 0, 1)]
    [InlineData("new", -5, 1)]
    [InlineData("old", 10, 0)]
    public void The_time_of_change_moves_forward_exactly_when_the_tag_does(string body, int changedAtSecond, int expectedSecond)
    {
        var before = Document("old");

        var after = new FeedDocument("feed.rss", "", System.Text.Encoding.UTF8.GetBytes(body), Start.AddSeconds(changedAtSecond), before.Stamp);

        Assert.Equal(Start.AddSeconds(expectedSecond), after.LastModified);
    }

    private static FeedDocument Document(string body) => new("feed.rss", "", System.Text.Encoding.UTF8.GetBytes(body), Start, before: null);
}
