using System.Globalization;
using System.Net;

namespace Feeds.Host.Tests.Proxies;

/// <summary>The feeds behind nginx and Caddy, as the files below <c>src/Feeds.Host/Proxies</c> set them up.</summary>
public sealed class ProxiedFeedTests(FrontedSite fronted) : IClassFixture<FrontedSite>
{
    private static readonly string[] Live = ["/feed.rss", "/feed.atom", "/feed.json", "/feeds.opml", "/categories/acheminement/feed.rss", "/categories/acheminement/feed.atom"];

    public static TheoryData<string> Fronts { get; } = [FrontedSite.CachingNginx, FrontedSite.CaddySite, FrontedSite.NginxFiles, FrontedSite.CaddyFiles];

    [SkippableTheory]
    [MemberData(nameof(Fronts))]
    public async Task A_feed_has_the_bytes_and_the_headers_that_serve_sends(string front)
    {
        using var client = fronted.Open(front);
        foreach (var path in Live)
        {
            var tags = new HashSet<string>(StringComparer.Ordinal);
            foreach (var coding in (string[])["identity", "gzip", "br"])
            {
                using var expected = await SendAsync(fronted.Client, path, ("Accept-Encoding", coding));
                using var answer = await SendAsync(client, path, ("Accept-Encoding", coding), ("Range", "bytes=0-9"), ("Via", "1.1 cdn.example"));
                var what = $"{path} {coding}\n{answer}";

                Assert.True(answer.StatusCode == HttpStatusCode.OK, what);
                Assert.Equal(await expected.Content.ReadAsByteArrayAsync(), await answer.Content.ReadAsByteArrayAsync());
                Assert.Equal(expected.Content.Headers.ContentEncoding, answer.Content.Headers.ContentEncoding);
                Assert.Equal(expected.Content.Headers.ContentType, answer.Content.Headers.ContentType);
                Assert.Equal(expected.Content.Headers.LastModified, answer.Content.Headers.LastModified);
                Assert.Equal("Accept-Encoding", Header(answer, "Vary"));
                Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
                Assert.Contains("ETag", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
                Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
                Assert.DoesNotContain("bytes", Header(answer, "Accept-Ranges"), StringComparison.Ordinal);
                Assert.Matches("^public, max-age=[0-9]+, stale-while-revalidate=[0-9]+, stale-if-error=86400$", Header(answer, "Cache-Control"));
                Assert.False(answer.Headers.Contains("Set-Cookie"), what);
                Assert.False(answer.Headers.ETag!.IsWeak, what);
                Assert.True(tags.Add(answer.Headers.ETag.Tag), what);

                using var again = await SendAsync(client, path, ("Accept-Encoding", coding), ("If-None-Match", answer.Headers.ETag.Tag));
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
                Assert.Equal(answer.Headers.ETag, again.Headers.ETag);
                using var changed = await SendAsync(client, path, ("Accept-Encoding", coding), ("If-None-Match", "\"another\""));
                Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Fronts))]
    public async Task An_archive_is_there_as_it_is(string front)
    {
        using var client = fronted.Open(front);
        foreach (var path in (string[])["/archive/1/feed.rss", "/archive/1/feed.atom", "/archive/1/feed.json"])
        {
            using var expected = await SendAsync(fronted.Client, path);
            using var answer = await SendAsync(client, path);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(await expected.Content.ReadAsByteArrayAsync(), await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal(expected.Content.Headers.ContentType, answer.Content.Headers.ContentType);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Fronts))]
    public async Task An_old_address_leads_on_an_ended_feed_is_gone_and_an_unknown_one_is_not_found(string front)
    {
        using var client = fronted.Open(front);
        foreach (var file in (string[])["feed.rss", "feed.atom", "feed.json", "archive/1/feed.atom"])
        {
            using var expected = await SendAsync(fronted.Client, $"/categories/{FrontedSite.Renamed}/{file}");
            using var moved = await SendAsync(client, $"/categories/{FrontedSite.Renamed}/{file}");
            Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
            Assert.Equal(expected.Headers.Location, moved.Headers.Location);
            Assert.EndsWith($"/categories/acheminement/{file}", moved.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
            Assert.Equal("*", Header(moved, "Access-Control-Allow-Origin"));
        }

        using var ended = await SendAsync(client, $"/categories/{FrontedSite.Ended}/feed.rss");
        Assert.Equal(HttpStatusCode.Gone, ended.StatusCode);
        using var unknown = await SendAsync(client, "/categories/never/feed.rss");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var wellKnown = await SendAsync(client, "/.well-known/feeds");
        Assert.Equal(HttpStatusCode.PermanentRedirect, wellKnown.StatusCode);
        Assert.EndsWith("/feeds.opml", wellKnown.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Fronts))]
    public async Task A_script_of_another_site_may_ask_and_nobody_may_write(string front)
    {
        using var client = fronted.Open(front);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/feed.json");
        request.Headers.Add("Origin", "https://reader.example");
        request.Headers.Add("Access-Control-Request-Headers", "if-none-match");
        using var asked = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);
        Assert.Equal("*", Header(asked, "Access-Control-Allow-Origin"));
        Assert.Equal("*", Header(asked, "Access-Control-Allow-Headers"));
        Assert.Equal("GET, HEAD, OPTIONS", Header(asked, "Access-Control-Allow-Methods"));

        using var content = new StringContent("text");
        using var posted = await client.PostAsync("/feed.rss", content);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/feed.rss");
        using var looked = await client.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        Assert.Empty(await looked.Content.ReadAsByteArrayAsync());
    }

    [SkippableTheory]
    [InlineData(FrontedSite.NginxFiles)]
    [InlineData(FrontedSite.CaddyFiles)]
    public async Task Of_the_folder_only_feeds_are_handed_out(string front)
    {
        using var client = fronted.Open(front);
        Directory.CreateDirectory(Path.Combine(fronted.Published, ".feeds-publishing"));
        foreach (var path in (string[])["feeds.manifest.json", "feeds.moved.map", ".feeds-publishing/1", ".feeds-publishing.lock", "notes.txt"])
        {
            await File.WriteAllTextAsync(Path.Combine(fronted.Published, path), await ContentAsync(path));
            using var answer = await SendAsync(client, path);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{path}: {answer.StatusCode}");
        }
    }

    [SkippableFact]
    public async Task A_folder_in_which_nothing_moved_has_no_map_and_needs_none()
    {
        Lacking.SkipOrFail(FrontServer.Missing);
        using var folder = new TestFolder();
        folder.Write("feed.rss", "a feed");
        var ports = Enumerable.Range(0, 3).Select(_ => ProgramProcess.FreePort()).ToList();
        await using var nginx = await FrontServer.StartNginxAsync("nginx-files.conf", ports[0], ("/srv/feeds", folder.Path));
        await using var caddy = await FrontServer.StartCaddyAsync(ports[1], ports[2], ("/srv/feeds", folder.Path));

        foreach (var port in (int[])[ports[0], ports[2]])
        {
            using var client = FrontedSite.ClientOf(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));
            Assert.Equal("a feed", await client.GetStringAsync("/feed.rss"));
        }
    }

    /// <summary>What is there stays.</summary>
    private async Task<string> ContentAsync(string path) =>
        File.Exists(Path.Combine(fronted.Published, path)) ? await File.ReadAllTextAsync(Path.Combine(fronted.Published, path)) : "something";

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
