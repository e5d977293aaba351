using System.Globalization;
using System.Text;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.FeedHttp;

/// <summary>
/// The table of conditional requests (RFC 9110 §13) put to the whole program, byte by byte. Lines of a request are
/// separated by <c>|</c>. <c>{tag}</c> is the entity tag of the feed as it is, <c>{gzip}</c> and <c>{br}</c> those of its
/// other codings; <c>{date}</c> is its Last-Modified, <c>{-1s}</c>, <c>{+1s}</c> and <c>{+9y}</c> are times beside that, and
/// <c>{rfc850}</c> and <c>{asctime}</c> the same in the two obsolete forms.
/// </summary>
public sealed class FeedConformanceTests(FeedConformanceTests.Program program) : IClassFixture<FeedConformanceTests.Program>
{
    private const string Feed = "categories/referencement-seo/feed.atom";

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "Accept-Encoding: gzip")]
    [InlineData(200, "Accept-Encoding: br, gzip")]
    public Task Without_preconditions(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(304, "If-None-Match: {tag}")]
    [InlineData(304, "if-none-match:{tag}")]
    [InlineData(304, "If-None-Match: W/{tag}")]
    [InlineData(304, "If-None-Match: *")]
    [InlineData(304, "If-None-Match: \"other\", {tag}")]
    [InlineData(304, "If-None-Match: \"other\",W/{tag},\"third\"")]
    [InlineData(304, "If-None-Match: , ,{tag},,")]
    [InlineData(304, "If-None-Match: \"a,b\", W/\",\" ,\t{tag}")]
    [InlineData(304, "If-None-Match: \"other\"|If-None-Match: \"third\", {tag}")]
    [InlineData(304, "Accept-Encoding: gzip|If-None-Match: {gzip}")]
    [InlineData(304, "Accept-Encoding: gzip, br|If-None-Match: {br}")]
    [InlineData(304, "Accept-Encoding: br;q=0.5, gzip|If-None-Match: W/{gzip}")]
    [InlineData(304, "Accept-Encoding: br|If-None-Match: {tag}, {gzip}, {br}")]
    [InlineData(200, "If-None-Match:")]
    [InlineData(200, "If-None-Match: \"other\"")]
    [InlineData(200, "If-None-Match: W/\"other\", \"third\"")]
    [InlineData(200, "If-None-Match: {tag without quotes}")]
    [InlineData(200, "If-None-Match: \"{tag without quotes}")]
    [InlineData(200, "If-None-Match: {tag without quotes}\"")]
    [InlineData(200, "If-None-Match: \"x,{tag without quotes}\", \"{tag without quotes},x\"")]
    [InlineData(200, "If-None-Match: w/{tag}")]
    [InlineData(200, "If-None-Match: W/ {tag}")]
    [InlineData(200, "If-None-Match: \"other\", *")]
    [InlineData(200, "If-None-Match: \"*\"")]
    [InlineData(200, "If-None-Match: {gzip}, {br}")]
    [InlineData(200, "Accept-Encoding: gzip|If-None-Match: {tag}, {br}")]
    [InlineData(200, "Accept-Encoding: br|If-None-Match: {gzip}")]
    public Task If_None_Match_13_1_2(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(304, "If-Modified-Since: {date}")]
    [InlineData(304, "If-Modified-Since: {+1s}")]
    [InlineData(304, "If-Modified-Since: {+9y}")]
    [InlineData(304, "If-Modified-Since: {rfc850}")]
    [InlineData(304, "If-Modified-Since: {asctime}")]
    [InlineData(304, "Accept-Encoding: br|If-Modified-Since: {date}")]
    [InlineData(200, "If-Modified-Since: {-1s}")]
    [InlineData(200, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData(200, "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData(200, "If-Modified-Since: Sun Nov  6 08:49:37 1994")]
    [InlineData(200, "If-Modified-Since:")]
    [InlineData(200, "If-Modified-Since: yesterday")]
    [InlineData(200, "If-Modified-Since: 4102444800")]
    [InlineData(200, "If-Modified-Since: Sat, 32 Nov 2096 08:49:37 GMT")]
    [InlineData(200, "If-Modified-Since: {date}, {date}")]
    [InlineData(200, "If-Modified-Since: {date}|If-Modified-Since: {date}")]
    public Task If_Modified_Since_13_1_3(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(200, "If-Match: {tag}")]
    [InlineData(200, "If-Match: *")]
    [InlineData(200, "If-Match: \"other\", {tag}")]
    [InlineData(200, "If-Match: \"other\"|If-Match: {tag}")]
    [InlineData(200, "Accept-Encoding: gzip|If-Match: {gzip}")]
    [InlineData(412, "If-Match: W/{tag}")]
    [InlineData(412, "If-Match: \"other\"")]
    [InlineData(412, "If-Match: {tag without quotes}")]
    [InlineData(412, "Accept-Encoding: gzip|If-Match: {tag}")]
    public Task If_Match_13_1_1(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(200, "If-Unmodified-Since: {date}")]
    [InlineData(200, "If-Unmodified-Since: {+1s}")]
    [InlineData(200, "If-Unmodified-Since: {rfc850}")]
    [InlineData(200, "If-Unmodified-Since: yesterday")]
    [InlineData(200, "If-Unmodified-Since: {-1s}|If-Unmodified-Since: {-1s}")]
    [InlineData(412, "If-Unmodified-Since: {-1s}")]
    [InlineData(412, "If-Unmodified-Since: Sun Nov  6 08:49:37 1994")]
    public Task If_Unmodified_Since_13_1_4(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(304, "If-None-Match: {tag}|If-Modified-Since: {-1s}")]
    [InlineData(200, "If-None-Match: \"other\"|If-Modified-Since: {date}")]
    [InlineData(200, "If-None-Match: nonsense|If-Modified-Since: {date}")]
    [InlineData(200, "If-Match: {tag}|If-Unmodified-Since: {-1s}")]
    [InlineData(412, "If-Match: \"other\"|If-Unmodified-Since: {date}")]
    [InlineData(304, "If-Match: {tag}|If-None-Match: {tag}")]
    [InlineData(412, "If-Match: \"other\"|If-None-Match: {tag}")]
    [InlineData(304, "If-Unmodified-Since: {date}|If-Modified-Since: {date}")]
    [InlineData(412, "If-Unmodified-Since: {-1s}|If-None-Match: {tag}")]
    public Task Several_of_them_in_the_order_of_13_2_2(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(200, "Range: bytes=0-9")]
    [InlineData(200, "Range: bytes=99999999-")]
    [InlineData(200, "If-Range: {tag}")]
    [InlineData(200, "If-Range: {tag}|Range: bytes=0-9")]
    [InlineData(200, "If-Range: {date}|Range: bytes=0-9,20-29")]
    [InlineData(304, "If-None-Match: {tag}|If-Range: {tag}|Range: bytes=0-9")]
    public Task Ranges_which_there_are_none_of(int status, string request) => AssertAsync(status, request);

    [Theory]
    [InlineData(404, "GET /categories/nowhere/feed.atom HTTP/1.1", "If-None-Match: *")]
    [InlineData(404, "GET /categories/nowhere/feed.atom HTTP/1.1", "If-Match: \"other\"")]
    [InlineData(405, "DELETE /" + Feed + " HTTP/1.1", "If-Match: \"other\"")]
    [InlineData(204, "OPTIONS /" + Feed + " HTTP/1.1", "If-None-Match: {tag}")]
    public async Task What_would_fail_anyway_fails_for_its_own_reason_13_2_1(int status, string requestLine, string request)
    {
        var answer = await RawHttp.AskAsync(program.Address, requestLine, program.Fields(request));

        Assert.Equal(status, answer.Status);
        Assert.Null(answer["ETag"]);
        Assert.Null(answer["Set-Cookie"]);
    }

    [Theory]
    [InlineData("GET /categories/nowhere/feed.atom HTTP/1.1", 404)]
    [InlineData("GET /archive/feed.rss HTTP/1.1", 404)]
    [InlineData("GET /categories/referencement-seo/feed.atom/ HTTP/1.1", 404)]
    public async Task Where_there_is_no_feed_a_person_finds_the_page_that_says_so(string requestLine, int status)
    {
        var answer = await RawHttp.AskAsync(program.Address, requestLine);

        Assert.Equal(status, answer.Status);
        Assert.Equal("text/html; charset=utf-8", answer["Content-Type"]);
        Assert.NotNull(answer["Content-Security-Policy"]);
        Assert.Null(answer["Set-Cookie"]);
        Assert.Contains("<html lang=\"fr\"", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_come_at_once_are_answered_in_their_order_without_a_byte_between()
    {
        string[] heads = ["HEAD", "GET", "GET", "OPTIONS", "GET"];
        var requests = heads.Select((method, index) => RawHttp.Request(
            $"{method} /{Feed} HTTP/1.1",
            program.Fields(index switch { 1 => "If-None-Match: {tag}", 2 => "Accept-Encoding: gzip", 4 => "Accept-Encoding: br|Connection: close", _ => "" })));

        var bytes = await RawHttp.ExchangeAsync(program.Address, string.Concat(requests));

        var statuses = new List<int>();
        for (var rest = bytes; rest.Length > 0;)
        {
            var answer = RawAnswer.Read(rest, out var length);
            Assert.NotNull(answer);
            var hasBody = answer.Status == 200 && heads[statuses.Count] is "GET";
            statuses.Add(answer.Status);
            rest = rest[(length + (hasBody ? int.Parse(answer["Content-Length"]!, CultureInfo.InvariantCulture) : 0))..];
        }

        Assert.Equal([200, 304, 200, 204, 200], statuses);
    }

    private async Task AssertAsync(int status, string request)
    {
        var get = await RawHttp.AskAsync(program.Address, $"GET /{Feed} HTTP/1.1", program.Fields(request));
        var head = await RawHttp.AskAsync(program.Address, $"HEAD /{Feed} HTTP/1.1", program.Fields(request));

        Assert.Equal(status, get.Status);
        Assert.Equal(status, head.Status);
        Assert.Equal(WithoutDate(get), WithoutDate(head), StringComparer.Ordinal);
        Assert.Empty(head.Body);
        Assert.NotNull(get["Date"]);
        Assert.Null(get["Set-Cookie"]);
        Assert.Null(get["Transfer-Encoding"]);
        var (coding, body, entityTag) = program.Expected(request);
        Assert.Equal(status == 412 ? null : entityTag, get["ETag"]);
        Assert.Equal(status == 412 ? null : program.Document.LastModified.ToString("R"), get["Last-Modified"]);
        Assert.Equal(status == 412 ? null : "Accept-Encoding", get["Vary"]);
        Assert.Equal(status == 412 ? null : program.Document.CacheControl, get["Cache-Control"]);
        Assert.Equal(status == 200 ? coding : null, get["Content-Encoding"]);
        Assert.Equal(status == 200 ? program.Document.ContentType : null, get["Content-Type"]);
        Assert.Equal(status == 200 ? "none" : null, get["Accept-Ranges"]);
        Assert.Equal(status switch { 200 => body.Length.ToString(CultureInfo.InvariantCulture), 412 => "0", _ => null }, get["Content-Length"]);
        Assert.Equal(status == 200 ? body : [], get.Body);
    }

    private static IEnumerable<string> WithoutDate(RawAnswer answer) => answer.Fields.Where(field => !field.StartsWith("Date:", StringComparison.Ordinal));

    /// <summary>All of <c>serve</c>, with the sample publication.</summary>
    public sealed class Program : IAsyncLifetime, IDisposable
    {
        private readonly TestFolder folder = new();
        private TestDatabase database = null!;
        private RunningSite site = null!;

        internal Uri Address => site.Address;

        internal FeedDocument Document { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
            site = await RunningSite.StartAsync(folder, database);
            Document = (await site.Services.GetRequiredService<FeedLibrary>().FindAsync(Feed, default))!;
        }

        public async Task DisposeAsync()
        {
            await site.DisposeAsync();
            await database.DisposeAsync();
        }

        public void Dispose() => folder.Dispose();

        /// <summary>The lines of a row with what its braces stand for.</summary>
        internal IEnumerable<string> Fields(string request)
        {
            var date = Document.LastModified;
            var lines = new StringBuilder(request)
                .Replace("{tag}", Document.ETag)
                .Replace("{tag without quotes}", Document.ETag.Trim('"'))
                .Replace("{gzip}", Document.GzipETag)
                .Replace("{br}", Document.BrotliETag)
                .Replace("{date}", date.ToString("R"))
                .Replace("{-1s}", date.AddSeconds(-1).ToString("R"))
                .Replace("{+1s}", date.AddSeconds(1).ToString("R"))
                .Replace("{+9y}", date.AddYears(9).ToString("R"))
                .Replace("{rfc850}", date.ToString("dddd, dd-MMM-yy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture))
                .Replace("{asctime}", date.ToString("ddd MMM ", CultureInfo.InvariantCulture) + date.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + date.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture))
                .ToString();
            return lines.Split('|', StringSplitOptions.RemoveEmptyEntries);
        }

        /// <summary>The representation that a row's Accept-Encoding selects.</summary>
        internal (string? Coding, byte[] Body, string EntityTag) Expected(string request) =>
            request.Contains("br;q=0.5, gzip", StringComparison.Ordinal) || request.StartsWith("Accept-Encoding: gzip|", StringComparison.Ordinal) || request is "Accept-Encoding: gzip" ? ("gzip", Document.Gzip.ToArray(), Document.GzipETag)
            : request.StartsWith("Accept-Encoding: ", StringComparison.Ordinal) ? ("br", Document.Brotli.ToArray(), Document.BrotliETag)
            : (null, Document.Body.ToArray(), Document.ETag);
    }
}
