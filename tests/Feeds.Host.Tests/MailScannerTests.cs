using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>Mail programs, proxies and scanners open the links of mails before people do, some in a browser that runs scripts.</summary>
public sealed partial class MailScannerTests
{
    private static readonly string[] Tables =
        ["subscriber", "subscription", "consent", "choice", "send_time", "join_request", "join_unanswered", "address_change", "suppression", "mailing", "delivery", "article"];

    [SkippableFact]
    [Attack(28)]
    public async Task However_a_scanner_opens_the_links_of_mails_nothing_is_changed_by_it()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        await using var browser = await Browser.OpenAsync();
        var links = await LinksAsync(folder, site);
        // A page of each kind is among them.
        Assert.Equal(["address", "articles", "confirm", "editions", "keep", "media", "preferences", "unsubscribe"], links.Select(link => new Uri(link).Segments.ElementAtOrDefault(1)?.TrimEnd('/') ?? "").Where(kind => kind.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        var before = await DumpAsync(site);

        foreach (var link in links)
        {
            foreach (var (method, headers) in ((HttpMethod, (string, string)[])[])
            [
                (HttpMethod.Get, []), (HttpMethod.Head, []), (HttpMethod.Options, []), (HttpMethod.Get, [("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender")]),
                (HttpMethod.Get, [("User-Agent", "Mozilla/5.0 (compatible; scanner)"), ("Range", "bytes=0-100")]),
            ])
            {
                using var request = new HttpRequestMessage(method, link);
                foreach (var (name, value) in headers)
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }

                using var response = await site.Client.SendAsync(request);
                Assert.True(method == HttpMethod.Options || response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent, $"{method} {link}: {response.StatusCode}");
            }

            await RunAsync(browser, link);
        }

        Assert.Equal(before, await DumpAsync(site));
    }

    // As a sandbox does: waits for the scripts, moves over everything, follows what is linked, and lets time pass.
    private static async Task RunAsync(Browser browser, string link)
    {
        var page = await browser.OpenWindowAsync(1280);
        var posts = new List<string>();
        page.Request += (_, request) => posts.AddRange(request.Method is "GET" or "HEAD" ? [] : [request.Url]);
        await page.Clock.InstallAsync();
        await page.GotoAsync(link, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        await page.EvaluateAsync("document.querySelectorAll('a, button, input').forEach(one => ['mouseover', 'focus', 'pointerenter'].forEach(kind => one.dispatchEvent(new Event(kind, { bubbles: true }))))");
        await page.Clock.RunForAsync(120_000);
        var further = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main a[href]')].map(one => one.href).filter(one => one.startsWith(location.origin) && !one.includes('handler='))");
        foreach (var next in further.Distinct(StringComparer.Ordinal))
        {
            await page.GotoAsync(next, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
        }

        await page.CloseAsync();
        Assert.Empty(posts);
    }

    /// <summary>Every link of every kind of mail that people get, and of its headers.</summary>
    private static async Task<IReadOnlyList<string>> LinksAsync(TestFolder folder, RunningSite site)
    {
        var subscribers = site.Services.GetRequiredService<Subscribers>();
        Assert.Null(await subscribers.AddConfirmedAsync("lectrice@blog.example", "weekly", [], default));
        await subscribers.AskAsync(new JoinForm("curieuse@blog.example", "daily", []), default);
        folder.Write("more/new.md", "---\ntitle: \"Une nouvelle\"\nslug: new\ndate: 2026-11-22T08:00:00+01:00\n---\nDu texte.\n");
        await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["more"], default);
        await site.Services.GetRequiredService<Editions>().MakeAsync("weekly", site.Clock.GetUtcNow(), default);
        var links = await FindAsync(folder, site, 2);
        var token = links.Single(link => link.Contains("/preferences/", StringComparison.Ordinal)).Split('/')[^1];
        Assert.Null(await site.Services.GetRequiredService<AddressChanges>().AskAsync(token, "ailleurs@blog.example", default));
        // Somebody who was silent for years is asked.
        await site.Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.ExecuteAsync("UPDATE subscriber SET last_seen_at = 1 WHERE last_seen_at IS NOT NULL"), default);
        site.Clock.Advance(TimeSpan.FromMinutes(10));
        return await FindAsync(folder, site, 4);
    }

    private static async Task<IReadOnlyList<string>> FindAsync(TestFolder folder, RunningSite site, int mails)
    {
        await site.StepUntilAsync(() => Task.FromResult(Directory.GetFiles(folder["mails"], "*.eml").Length >= mails), string.Create(CultureInfo.InvariantCulture, $"{mails} mails"));
        await Eventually.TrueAsync(async () => await OpenAsync(site) == 0, () => "all are sent");
        var links = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder["mails"], "*.eml"))
        {
            using var mail = await MimeMessage.LoadAsync(file);
            links.UnionWith(Links().Matches($"{mail.HtmlBody} {mail.TextBody} {mail.Headers["List-Unsubscribe"]}").Select(match => WebUtility.HtmlDecode(match.Value)));
        }

        return [.. links];
    }

    private static Task<int> OpenAsync(RunningSite site) =>
        site.Services.GetRequiredService<Database>().ReadAsync(connection => connection.ExecuteAsync<int>("SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'in_flight')"));

    private static Task<string> DumpAsync(RunningSite site) => site.Services.GetRequiredService<Database>().ReadAsync(async connection =>
    {
        var dump = new List<string>();
        foreach (var table in Tables)
        {
            await using var reader = await connection.ExecuteReaderAsync($"SELECT * FROM {table} ORDER BY 1, 2");
            while (await reader.Reader!.ReadAsync())
            {
                dump.Add($"{table}: {string.Join(" | ", Enumerable.Range(0, reader.Reader.FieldCount).Select(column => Convert.ToString(reader.Reader.GetValue(column), CultureInfo.InvariantCulture)))}");
            }
        }

        return string.Join('\n', dump);
    });

    [GeneratedRegex(@"http://localhost:[^\s""<>]+", RegexOptions.None, 1000)]
    private static partial Regex Links();
}
