using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Host.Pages;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

public sealed class CrawlerPagesTests
{
    private static readonly XNamespace Sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly Uri Base = new("https://blog.example/a&b/");

    [Fact]
    public async Task The_sitemap_lists_the_front_page_the_categories_and_the_articles_that_live_here()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        folder.Write("articles/one.md", "---\ntitle: One\nslug: one\ndate: 2026-11-01T08:00:00Z\nupdated: 2026-11-02T08:00:00Z\ncategories: [Prix]\n---\nText.\n");
        folder.Write("articles/far.md", "---\ntitle: Far\nslug: far\ndate: 2026-11-01\nurl: https://other.example/far\n---\nText.\n");
        await using var site = await RunningSite.StartAsync(folder, database, "--Publication:BaseUrl=https://blog.example/news");
        await SetStoreAsync(site, folder);

        var map = XDocument.Parse(await GetAsync(site, "/sitemap.xml", "evil.example"));

        var urls = map.Root!.Elements(Sitemap + "url").ToDictionary(url => url.Element(Sitemap + "loc")!.Value, url => url.Element(Sitemap + "lastmod")?.Value, StringComparer.Ordinal);
        Assert.Equal("2026-11-02T08:00:00Z", urls["https://blog.example/news/articles/one"]);
        Assert.True(urls.ContainsKey("https://blog.example/news/"));
        Assert.True(urls.ContainsKey("https://blog.example/news/categories/prix"));
        Assert.DoesNotContain(urls.Keys, address => address.EndsWith("/far", StringComparison.Ordinal) || address.Contains("evil", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync("/sitemap-1.xml")).StatusCode);
    }

    [Fact]
    public async Task The_sitemap_is_sent_again_only_when_the_store_has_changed()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var first = await site.Client.GetAsync("/sitemap.xml");

        Assert.Equal("public, max-age=3600", first.Headers.CacheControl!.ToString());
        Assert.Equal("application/xml", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, await AskAgainAsync(site, "/sitemap.xml", first));
        folder.Write("articles/new.md", "---\ntitle: New\nslug: new\ndate: 2026-11-20\n---\nText.\n");
        await SetStoreAsync(site, folder);
        Assert.Equal(HttpStatusCode.OK, await AskAgainAsync(site, "/sitemap.xml", first));
        Assert.Contains("/articles/new<", await site.Client.GetStringAsync("/sitemap.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_are_kept_from_what_is_private_and_shown_the_sitemap()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Publication:BaseUrl=https://blog.example/news/");
        var robots = await site.Client.GetAsync("/robots.txt");

        Assert.Equal(
            "User-agent: *\nDisallow: /news/admin\nDisallow: /news/confirm/\nDisallow: /news/unsubscribe/\nDisallow: /news/keep/\n\nSitemap: https://blog.example/news/sitemap.xml\n",
            await robots.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", robots.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, await AskAgainAsync(site, "/robots.txt", robots));
        using var head = new HttpRequestMessage(HttpMethod.Head, "/robots.txt");
        var answer = await site.Client.SendAsync(head);
        Assert.Equal((HttpStatusCode.OK, robots.Headers.ETag), (answer.StatusCode, answer.Headers.ETag));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void Fifty_thousand_pages_are_one_file_and_one_more_is_an_index_of_two()
    {
        var entries = Enumerable.Range(1, 50_001).Select(number => Entry(number)).ToList();

        var one = new SitemapWriter().Write(entries[..^1], Base);
        var two = new SitemapWriter().Write(entries, Base);

        Assert.Equal("sitemap.xml", Assert.Single(one).Key);
        Assert.Equal("sitemap-1.xml sitemap-2.xml sitemap.xml", string.Join(' ', two.Keys.Order(StringComparer.Ordinal)));
        var index = XDocument.Parse(Encoding.UTF8.GetString(two["sitemap.xml"])).Root!;
        Assert.Equal("sitemapindex", index.Name.LocalName);
        Assert.Equal(
            "https://blog.example/a&b/sitemap-1.xml https://blog.example/a&b/sitemap-2.xml",
            string.Join(' ', index.Elements(Sitemap + "sitemap").Select(part => part.Element(Sitemap + "loc")!.Value)));
        Assert.Equal("2026-01-01T13:53:21Z", index.Elements().Last().Element(Sitemap + "lastmod")!.Value);
        Assert.Equal(50_001, Locations(two["sitemap-1.xml"]).Concat(Locations(two["sitemap-2.xml"])).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void No_file_grows_over_its_size()
    {
        var entries = Enumerable.Range(1, 1000).Select(number => Entry(number)).ToList();

        var files = new SitemapWriter(mostBytes: 40_000).Write(entries, Base);

        Assert.True(files.Count > 2);
        Assert.All(files.Values, file => Assert.True(file.Length <= 40_000));
        Assert.Equal(1000, files.Where(file => file.Key is not "sitemap.xml").Sum(file => Locations(file.Value).Count()));
    }

    private static SitemapEntry Entry(int number) => new(
        new Uri(Base, string.Create(CultureInfo.InvariantCulture, $"articles/{number}")), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(number));

    private static IEnumerable<string> Locations(byte[] file) =>
        XDocument.Parse(Encoding.UTF8.GetString(file)).Root!.Elements(Sitemap + "url").Select(url => url.Element(Sitemap + "loc")!.Value);

    private static async Task SetStoreAsync(RunningSite site, TestFolder folder) =>
        Assert.Empty((await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Refused);

    private static async Task<string> GetAsync(RunningSite site, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        return await (await site.Client.SendAsync(request)).Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> AskAgainAsync(RunningSite site, string path, HttpResponseMessage before)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        return (await site.Client.SendAsync(request)).StatusCode;
    }
}
