using System.Globalization;
using System.Net;
using Feeds.Host.FeedHttp;
using Feeds.Syndication;

namespace Feeds.Host.Tests.FeedHttp;

public sealed class FeedMiddlewareTests(FeedServer server) : IClassFixture<FeedServer>
{
    private const string Feed = "categories/les-prix/feed.atom";

    private static readonly string[] Feeds = ["feed.rss", "feed.json", Feed, "feeds.opml"];

    [Theory]
    [InlineData("feed.rss", "application/rss+xml; charset=utf-8")]
    [InlineData("feed.atom", "application/atom+xml; charset=utf-8")]
    [InlineData("feeds.opml", "text/x-opml; charset=utf-8")]
    [InlineData("feed.json", "application/feed+json; charset=utf-8")]
    [InlineData("categories/les-prix/feed.json", "application/feed+json; charset=utf-8")]
    [InlineData("categories/les-prix/feed.rss", "application/rss+xml; charset=utf-8")]
    [InlineData("categories/les-prix/feed.atom", "application/atom+xml; charset=utf-8")]
    public async Task A_feed_is_sent_as_it_is_with_everything_that_a_cache_needs(string path, string contentType)
    {
        var document = await DocumentAsync(path);

        using var answer = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(document.Body.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(contentType, answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(document.Body.Length, answer.Content.Headers.ContentLength);
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        AssertValidators(answer, document, document.ETag);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0.8, gzip;q=1.0, *;q=0.1", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    public async Task Compressed_bytes_are_sent_with_a_tag_of_their_own(string acceptEncoding, string coding)
    {
        foreach (var path in Feeds)
        {
            var document = await DocumentAsync(path);
            var bytes = coding is "br" ? document.Brotli : document.Gzip;

            using var answer = await SendAsync(HttpMethod.Get, path, ("Accept-Encoding", acceptEncoding));

            Assert.Equal(bytes.ToArray(), await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal([coding], answer.Content.Headers.ContentEncoding, StringComparer.Ordinal);
            Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
            AssertValidators(answer, document, EntityTag(document, coding));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Who_has_it_already_gets_304_without_a_body_and_with_the_same_validators(string acceptEncoding)
    {
        var document = await DocumentAsync(Feed);
        var entityTag = EntityTag(document, acceptEncoding);
        (string, string)[][] conditions =
        [
            [("If-None-Match", entityTag)],
            [("If-None-Match", $"\"other\", W/{entityTag}")],
            [("If-None-Match", "*")],
            [("If-Modified-Since", document.LastModified.ToString("r"))],
            [("If-None-Match", entityTag), ("If-Modified-Since", DateTimeOffset.UnixEpoch.ToString("r"))],
        ];
        foreach (var condition in conditions)
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
            {
                using var answer = await SendAsync(method, Feed, [("Accept-Encoding", acceptEncoding), .. condition]);

                Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
                Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
                Assert.Null(answer.Content.Headers.ContentType);
                AssertValidators(answer, document, entityTag);
            }
        }
    }

    [Fact]
    public async Task Who_has_another_version_or_another_encoding_gets_it_whole()
    {
        var document = await DocumentAsync(Feed);
        (string, string)[][] conditions =
        [
            [("If-None-Match", "\"other\"")],
            [("If-None-Match", $"{document.GzipETag}, {document.BrotliETag}")],
            [("If-None-Match", "\"other\""), ("If-Modified-Since", document.LastModified.ToString("r"))],
            [("If-Modified-Since", document.LastModified.AddSeconds(-1).ToString("r"))],
        ];
        foreach (var condition in conditions)
        {
            using var answer = await SendAsync(HttpMethod.Get, Feed, condition);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(document.Body.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Head_says_what_get_says_and_sends_no_body(string acceptEncoding)
    {
        foreach (var path in Feeds)
        {
            using var get = await SendAsync(HttpMethod.Get, path, ("Accept-Encoding", acceptEncoding));
            using var head = await SendAsync(HttpMethod.Head, path, ("Accept-Encoding", acceptEncoding));

            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(Headers(get), Headers(head), StringComparer.Ordinal);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("Accept", "text/html")]
    [InlineData("Host", "elsewhere.example")]
    [InlineData("A-IM", "feed")]
    [InlineData("Accept-Encoding", "zstd")]
    [InlineData("Cookie", "feeds.admin=x")]
    [InlineData("Range", "bytes=0-9,20-")]
    [InlineData("If-Range", "\"other\"")]
    [InlineData("Accept-Encoding", "identity;q=0")]
    [InlineData("Range", "bytes=0-9")]
    public async Task Nothing_else_in_a_request_changes_the_answer(string header, string value)
    {
        var document = await DocumentAsync("feed.rss");

        using var answer = await SendAsync(HttpMethod.Get, "feed.rss", (header, value));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(document.Body.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(["none"], answer.Headers.AcceptRanges, StringComparer.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("categories/les-retours/feed.rss")]
    [InlineData("categories/Les-Prix/feed.rss")]
    [InlineData("categories/les-prix/feed.atom/")]
    [InlineData("categories/les-prix%2F/feed.atom")]
    [InlineData("FEED.rss")]
    [InlineData("categories/les-prix/feeds.opml")]
    [InlineData("feeds.opml/")]
    public async Task There_is_one_spelling_of_each_address(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(answer.Headers.ETag);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task A_feed_can_only_be_read(string method)
    {
        using var answer = await SendAsync(HttpMethod.Parse(method), Feed);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD", "OPTIONS"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_script_on_any_page_may_read_feeds_with_preconditions_of_its_own()
    {
        using var asked = await SendAsync(HttpMethod.Options, Feed, ("Origin", "https://reader.example"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "if-none-match"));
        using var read = await SendAsync(HttpMethod.Get, Feed, ("Origin", "https://reader.example"));

        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);
        Assert.Equal(["*"], asked.Headers.GetValues("Access-Control-Allow-Origin"), StringComparer.Ordinal);
        Assert.Equal(["*"], asked.Headers.GetValues("Access-Control-Allow-Headers"), StringComparer.Ordinal);
        Assert.Equal(["GET, HEAD, OPTIONS"], asked.Headers.GetValues("Access-Control-Allow-Methods"), StringComparer.Ordinal);
        Assert.Equal(["86400"], asked.Headers.GetValues("Access-Control-Max-Age"), StringComparer.Ordinal);
        Assert.Equal(["*"], read.Headers.GetValues("Access-Control-Allow-Origin"), StringComparer.Ordinal);
        Assert.Equal(["ETag, Link"], read.Headers.GetValues("Access-Control-Expose-Headers"), StringComparer.Ordinal);
        Assert.False(read.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Only_a_flood_is_told_to_wait_and_nobody_else_with_it()
    {
        (string, string)[] flood = [(FeedServer.Sender, "198.51.100.9"), ("If-None-Match", "*")];
        for (var request = 0; request < FeedRateLimit.Burst; request++)
        {
            using var admitted = await SendAsync(HttpMethod.Get, "feed.rss", flood);
            Assert.Equal(HttpStatusCode.NotModified, admitted.StatusCode);
        }

        using var refused = await SendAsync(HttpMethod.Get, Feed, flood);
        using var neighbour = await SendAsync(HttpMethod.Get, Feed, (FeedServer.Sender, "198.51.100.10"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(20), refused.Headers.RetryAfter!.Delta);
        Assert.True(refused.Headers.CacheControl!.NoStore);
        Assert.Equal(["*"], refused.Headers.GetValues("Access-Control-Allow-Origin"), StringComparer.Ordinal);
        Assert.Contains("Retry-After", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task The_well_known_address_leads_to_the_list_of_all_feeds(string method)
    {
        using var answer = await SendAsync(HttpMethod.Parse(method), ".well-known/feeds", ("Host", "elsewhere.example"));

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal("https://journal.example/feeds.opml", answer.Headers.Location!.OriginalString);
        Assert.Equal(["*"], answer.Headers.GetValues("Access-Control-Allow-Origin"), StringComparer.Ordinal);
        Assert.Equal(0, answer.Content.Headers.ContentLength);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private static void AssertValidators(HttpResponseMessage answer, FeedDocument document, string entityTag)
    {
        Assert.Equal(entityTag, answer.Headers.ETag!.ToString());
        Assert.Equal(document.LastModified, answer.Content.Headers.LastModified);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"public, max-age={document.MaxAge.TotalSeconds}, stale-while-revalidate={document.StaleWhileRevalidate.TotalSeconds}, stale-if-error=86400"),
            string.Join(", ", answer.Headers.GetValues("Cache-Control")));
        Assert.Equal(["Accept-Encoding"], answer.Headers.Vary, StringComparer.Ordinal);
        Assert.Equal(["*"], answer.Headers.GetValues("Access-Control-Allow-Origin"), StringComparer.Ordinal);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"), StringComparer.Ordinal);
    }

    private static string EntityTag(FeedDocument document, string coding) => coding switch
    {
        "br" => document.BrotliETag,
        "gzip" => document.GzipETag,
        _ => document.ETag,
    };

    private static IEnumerable<string> Headers(HttpResponseMessage answer) =>
        answer.Headers.Concat(answer.Content.Headers)
            .Where(header => !string.Equals(header.Key, "Date", StringComparison.Ordinal))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}")
            .Order(StringComparer.Ordinal);

    private async Task<FeedDocument> DocumentAsync(string path) => (await server.Library.FindAsync(path, default))!;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await server.Client.SendAsync(request);
    }
}
