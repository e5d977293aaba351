using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Feeds.Host.Tests.FeedHttp;

namespace Feeds.Host.Tests.Attacks;

/// <summary>Requests that cost whoever answers them more than whoever sends them.</summary>
[Collection(SharedStand.Name)]
public sealed class BoundTests(HostileStand stand)
{
    // More than any address takes, and room for what lies in the buffers of two sockets.
    private const int Enough = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory, Attack(19)]
    [InlineData("/api/subscribe", "application/json")]
    [InlineData("/subscribe", "application/x-www-form-urlencoded")]
    [InlineData("/subscribe", "multipart/form-data; boundary=x")]
    [InlineData("/hub", "application/x-www-form-urlencoded")]
    [InlineData("/mail/events/mailgun", "application/json")]
    [InlineData("/admin/login", "application/x-www-form-urlencoded")]
    [InlineData("/unsubscribe/none", "application/x-www-form-urlencoded")]
    [InlineData("/articles/none", "text/plain")]
    public async Task A_body_that_never_ends_is_cut_off_and_refused(string path, string type)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var client = new TcpClient { SendBufferSize = 64 * 1024 };
        await client.ConnectAsync(stand.Site.Address.Host, stand.Site.Address.Port, patience.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.104.1\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n"), patience.Token);
        var chunk = Encoding.ASCII.GetBytes($"2000\r\n{new string('a', 0x2000)}\r\n");

        var answer = ReadAsync(stream, patience.Token);
        var sent = 0;
        try
        {
            while (sent < Enough && !answer.IsCompleted)
            {
                await stream.WriteAsync(chunk, patience.Token);
                sent += chunk.Length;
            }
        }
        catch (IOException)
        {
            // The server takes no more.
        }

        Assert.True(sent < Enough, $"{sent} bytes were taken");
        Assert.True(await answer is 0 or (>= 400 and < 500), $"{await answer}");
        Assert.Equal("alive\n", await stand.ReadAsync("/health/live"));
    }

    [Theory, Attack(19)]
    [InlineData("/api/subscribe", "application/json", "gzip")]
    [InlineData("/api/subscribe", "application/json", "br")]
    [InlineData("/subscribe", "application/x-www-form-urlencoded", "gzip")]
    [InlineData("/hub", "application/x-www-form-urlencoded", "deflate")]
    [InlineData("/mail/events/mailgun", "application/json", "gzip")]
    public async Task A_compressed_body_is_never_unpacked(string path, string type, string coding)
    {
        using var packed = new MemoryStream();
        await using (Stream packing = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            await packing.WriteAsync("""{"email":"lectrice@blog.example","cadence":"weekly","more":" """u8.ToArray());
            await packing.WriteAsync(new byte[8 * 1024 * 1024]);
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        content.Headers.ContentEncoding.Add(coding);
        using var answer = await stand.AskAsync(HttpMethod.Post, path, content, from: "198.51.105.1");

        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, $"{answer.StatusCode}");
    }

    [Fact, Attack(20)]
    public async Task What_nests_or_repeats_without_end_is_refused()
    {
        string Deep(string open, string close, int depth) => string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));
        (string Path, string Type, string Body)[] requests =
        [
            ("/api/subscribe", "application/json", Deep("[", "]", 8_000)),
            ("/api/subscribe", "application/json", $"{{\"email\":\"a@blog.example\",\"cadence\":\"weekly\",\"more\":{Deep("{\"a\":", "", 3_000)}"),
            ("/api/subscribe", "application/json", $"{{\"email\":\"a@blog.example\",\"cadence\":\"weekly\",\"categories\":[{string.Join(',', Enumerable.Repeat("\"\"", 5_000))}]}}"),
            ("/mail/events/mailgun", "application/json", Deep("[", "]", 500_000)),
            ("/mail/events/mailgun", "application/json", $"{{\"signature\":{Deep("{\"signature\":", "}", 60_000)}}}"),
            ("/subscribe", "application/x-www-form-urlencoded", string.Join('&', Enumerable.Range(0, 6_000).Select(number => $"f{number}=1"))),
            ("/subscribe", "application/x-www-form-urlencoded", $"email=a@blog.example&cadence=weekly&{string.Join('&', Enumerable.Repeat("categories=x", 4_500))}"),
            ("/subscribe", "application/x-www-form-urlencoded", $"{Deep("categories[", "]", 5_000)}=1"),
            ("/subscribe", "multipart/form-data; boundary=x", string.Concat(Enumerable.Range(0, 600).Select(number => $"--x\r\nContent-Disposition: form-data; name=f{number}; filename=f{number}\r\n\r\n1\r\n")) + "--x--\r\n"),
            ("/hub", "application/x-www-form-urlencoded", string.Join('&', Enumerable.Repeat("hub.mode=subscribe", 800))),
        ];

        foreach (var (path, type, body) in requests)
        {
            using var content = new StringContent(body);
            content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            using var answer = await stand.AskAsync(HttpMethod.Post, path, content, from: "198.51.106.1");

            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{path} {body[..40]}: {answer.StatusCode}");
        }
    }

    [Fact, Attack(21)]
    public async Task No_text_keeps_a_pattern_or_a_list_busy()
    {
        string[] texts =
        [
            new string('a', 50_000), new string(' ', 50_000) + "x", $"{new string('a', 60)}@{new string('-', 180)}", $"a@{Many("a.", 120)}", $"a@{Many("a-", 5_000)}!", new string('@', 20_000),
            Many("a@", 10_000), Many("1-", 10_000) + "!", Many("en-", 5_000) + "!", Many("Europe/", 5_000) + "!", "0 0 8 ? * " + Many("MON,", 8_000), "0 0 8 " + Many("1-31/1,", 5_000) + " * ?",
            new string('ﬃ', 10_000), Many("e\u0301\u0327", 8_000), Many("\\u0000", 8_000), Many("%25", 10_000), Many("a,", 20_000),
        ];
        var asked = 0;
        var preferences = stand.Link("preferences");

        foreach (var text in texts)
        {
            foreach (var path in (string[])["/subscribe", "/hub", $"{preferences}?handler=Settings", $"{preferences}?handler=Address", $"{preferences}?handler=Pause"])
            {
                foreach (var name in path is "/subscribe" ? (string[])["email", "cadence", "categories", "token", "work"] : path is "/hub" ? ["hub.callback", "hub.topic"] : ["email", "until", "zone", "language"])
                {
                    KeyValuePair<string, string>[] others = [new("email", "a@blog.example"), new("newsletter", "atelier"), new("hub.mode", "subscribe")];
                    using var form = new FormUrlEncodedContent([new(name, Within(text, path is "/hub" ? 12_000 : 60_000)), .. others.Where(other => !string.Equals(other.Key, name, StringComparison.Ordinal))]);
                    await AssertQuickAsync($"{path} {name}", () => stand.AskAsync(HttpMethod.Post, path, form, from: $"10.9.{asked / 250}.{asked++ % 250}"));
                }
            }

            foreach (var name in (string[])["cron", "zone", "time", "cadence"])
            {
                KeyValuePair<string, string>[] others = [new("cadence", "weekly"), new("minimum", "1")];
                await AssertQuickAsync($"/admin {name}", () => stand.Site.PostAsAdminAsync("/admin?handler=Schedule", stand.Session, [new(name, Within(text, 60_000)), .. others.Where(other => !string.Equals(other.Key, name, StringComparison.Ordinal))]));
            }

            var begun = Uri.EscapeDataString(text[..Math.Min(text.Length, 700)]);
            foreach (var address in (string[])[$"/feed.atom?categories={begun}", $"/feed.atom?author={begun}&language={begun}", $"/articles/{begun}", $"/newsletters/atelier?before={begun}", $"/unsubscribe/{begun}", $"/media/{begun}"])
            {
                await AssertQuickAsync(address[..20], () => stand.AskAsync(HttpMethod.Get, address));
            }
        }

        foreach (var field in (string[])
        [
            $"If-None-Match: {Many("W/\"", 4_000)}", $"If-None-Match: {Many("\"a\",", 4_000)}", $"Accept-Encoding: {Many("gzip;q=0.", 1_500)}", $"Accept-Encoding: {Many(",", 15_000)}", $"A-IM: {Many("feed;", 3_000)}",
            $"Range: bytes={Many("0-,", 5_000)}", $"Cookie: {Many("feeds.admin=", 1_000)}", $"X-Forwarded-For: {Many("1.1.1.1,", 1_800)}", $"If-Modified-Since: {Many(",", 15_000)}",
        ])
        {
            var started = TimeProvider.System.GetTimestamp();
            var answer = await RawHttp.AskAsync(stand.Site.Address, "GET /feed.atom HTTP/1.1", field, "A-IM: feed");
            AssertQuick(field[..20], answer.Status, started);
        }
    }

    private static string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    // As long as the address takes it: what is longer is refused unread.
    private static string Within(string text, int octets)
    {
        while (Uri.EscapeDataString(text).Length > octets)
        {
            text = text[..(text.Length * 3 / 4)];
        }

        return text;
    }

    private static async Task AssertQuickAsync(string what, Func<Task<HttpResponseMessage>> ask)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var answer = await ask();
        AssertQuick(what, (int)answer.StatusCode, started);
    }

    // A pattern that gave up would be an error of ours; the time is for what has none, and wide for a machine that has other work.
    private static void AssertQuick(string what, int status, long started)
    {
        Assert.True(status < 500, $"{what}: {status}");
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), string.Create(CultureInfo.InvariantCulture, $"{what}: {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s"));
    }

    // The status; 0 where the connection was reset before it could be read.
    private static async Task<int> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[12];
        try
        {
            await stream.ReadExactlyAsync(head, cancellationToken);
            return int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
