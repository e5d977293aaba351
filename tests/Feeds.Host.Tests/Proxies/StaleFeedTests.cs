using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Proxies;

/// <summary>
/// What nginx answers with when a feed is no longer fresh. Between it and the program stands somebody who says that feeds
/// are fresh for a second only, since nobody wants to wait for the five minutes of the program.
/// </summary>
public sealed class StaleFeedTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private readonly CallbackServer hasty = CallbackServer.Start();
    private TestDatabase? database;
    private RunningSite? site;
    private FrontServer? nginx;
    private HttpClient? client;

    public async Task InitializeAsync()
    {
        if (FrontServer.Missing is not null)
        {
            return;
        }

        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database);
        var port = ProgramProcess.FreePort();
        nginx = await FrontServer.StartNginxAsync("nginx-cache.conf", port, ("127.0.0.1:5000", new Uri(hasty.Address()).Authority), ("/var/cache/feeds", folder["cache"]));
        client = FrontedSite.ClientOf(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));
    }

    public async Task DisposeAsync()
    {
        client?.Dispose();
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }

        if (site is not null)
        {
            await site.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    public void Dispose()
    {
        hasty.Dispose();
        folder.Dispose();
    }

    [SkippableFact]
    public async Task A_stale_feed_is_sent_at_once_and_the_new_one_is_fetched_meanwhile()
    {
        Lacking.SkipOrFail(FrontServer.Missing);
        hasty.Script = (call, response) => RelayAsync(call, response, cacheControl => Regex.Replace(cacheControl, "max-age=[0-9]+", "max-age=1", RegexOptions.NonBacktracking));
        var old = await client!.GetStringAsync("/feed.rss");
        folder.Write("articles/neuf.md", "---\ntitle: Un article neuf\ndate: 2026-11-23T05:00:00Z\ncategories: [IA]\n---\nDu texte.\n");
        await site!.Services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default);
        await site.Services.GetRequiredService<FeedLibrary>().RefreshAsync(default);

        // Whoever finds it stale first waits for nobody, so the program has not been asked yet.
        using var stale = await NotFreshAsync("/feed.rss");
        Assert.Equal("STALE", Cached(stale));
        Assert.Equal(old, await stale.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(async () => (await client.GetStringAsync("/feed.rss")).Contains("Un article neuf", StringComparison.Ordinal), () => "the new feed is there");
    }

    [SkippableFact]
    public async Task While_the_program_is_down_a_feed_is_answered_with_as_it_was_and_a_page_is_not()
    {
        Lacking.SkipOrFail(FrontServer.Missing);
        hasty.Script = (call, response) => RelayAsync(call, response, cacheControl => Regex.Replace(cacheControl, "max-age=[0-9]+, stale-while-revalidate=[0-9]+", "max-age=1", RegexOptions.NonBacktracking));
        using var before = await client!.GetAsync("/feed.atom");
        using var page = await client.GetAsync("/subscribe");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, page.StatusCode));
        hasty.Dispose();

        using var stale = await NotFreshAsync("/feed.atom");
        Assert.Equal("STALE", Cached(stale));
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
        Assert.Equal(await before.Content.ReadAsByteArrayAsync(), await stale.Content.ReadAsByteArrayAsync());
        using var known = new HttpRequestMessage(HttpMethod.Get, "/feed.atom");
        known.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using var notModified = await client.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
        using var lost = await client.GetAsync("/subscribe");
        Assert.Equal(HttpStatusCode.BadGateway, lost.StatusCode);
    }

    /// <summary>The first answer after the feed ceased to be fresh.</summary>
    private async Task<HttpResponseMessage> NotFreshAsync(string path)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                answer?.Dispose();
                answer = await client!.GetAsync(path);
                return Cached(answer) is not "HIT";
            },
            () => "it is no longer fresh");
        return answer!;
    }

    private async Task RelayAsync(CallbackCall call, HttpListenerResponse response, Func<string, string> say)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, call.Target);
        if (call.Headers["If-None-Match"] is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        using var answer = await site!.Client.SendAsync(request);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (name is not ("Content-Length" or "Date" or "Transfer-Encoding"))
            {
                response.AppendHeader(name, name is "Cache-Control" ? say(values.ToString()) : values.ToString());
            }
        }

        await response.OutputStream.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }

    private static string Cached(HttpResponseMessage answer) => answer.Headers.TryGetValues("X-Cache", out var values) ? string.Join(", ", values) : "";
}
