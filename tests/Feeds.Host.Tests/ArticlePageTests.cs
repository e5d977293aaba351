using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What the page of an article tells machines.</summary>
public sealed partial class ArticlePageTests : IAsyncLifetime, IDisposable
{
    private const string Hostile = "</script><script>alert(1)</script> \\u003c & \\\"quotes\\\" <!--";
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        folder.Write("articles/hostile.md", $"---\ntitle: \"{Hostile.Replace("\\u", "\\\\u", StringComparison.Ordinal)}\"\nslug: hostile\nauthor: \"Ann <Other>\"\nlang: fr\ndate: 2026-11-01T08:00:00+01:00\nupdated: 2026-11-02T08:00:00+01:00\ncategories: [Prix, \"Médiocrité & Contentieux\"]\n---\nDu texte.\n");
        folder.Write("articles/elsewhere.md", "---\ntitle: Elsewhere\nslug: elsewhere\nurl: https://other.example/text\ndate: 2026-11-01\n---\nText.\n");
        folder.Write("articles/like.md", "---\ntitle: Pareil\nslug: like\ndate: 2026-10-01\ncategories: [Prix]\n---\nText.\n");
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database, $"--Articles:Folder={folder["articles"]}");
        var report = await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default);
        Assert.Empty(report.Refused);
        await site.Services.GetRequiredService<FeedLibrary>().RefreshAsync(default);
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_page_says_the_same_id_dates_and_address_as_the_feed()
    {
        var data = await DataAsync("hostile");
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var entry = XDocument.Parse(await site.Client.GetStringAsync("/feed.atom")).Root!.Elements(atom + "entry")
            .Single(one => one.Element(atom + "link")!.Attribute("href")!.Value.EndsWith("/hostile", StringComparison.Ordinal));

        Assert.Equal("BlogPosting", Text(data, "@type"));
        Assert.Equal(entry.Element(atom + "id")!.Value, Text(data, "@id"));
        Assert.Equal(entry.Element(atom + "id")!.Value, Text(data, "identifier"));
        Assert.Equal(entry.Element(atom + "published")!.Value, Text(data, "datePublished"));
        Assert.Equal(entry.Element(atom + "updated")!.Value, Text(data, "dateModified"));
        Assert.Equal(entry.Element(atom + "title")!.Value, Text(data, "headline"));
        Assert.Equal($"{site.Address}articles/hostile", Text(data, "url"));
        Assert.Equal("Ann <Other>", Text(data.GetProperty("author"), "name"));
        Assert.Equal("Prix|Médiocrité & Contentieux", string.Join('|', data.GetProperty("articleSection").EnumerateArray().Select(name => name.GetString())));
        Assert.Equal(site.Address.AbsoluteUri, Text(data.GetProperty("isPartOf"), "@id"));
    }

    [Fact]
    public async Task A_page_leads_to_the_feeds_of_its_own_category_before_those_of_everything()
    {
        string[] own = [.. Feeds("categories/prix/feed", "Prix – L’Atelier du commerce"), .. Feeds("feed", "L’Atelier du commerce"), $"text/x-opml|Tous les flux – L’Atelier du commerce|{site.Address}feeds.opml"];

        Assert.Equal(own, await AlternatesAsync("/articles/hostile"), StringComparer.Ordinal);
        Assert.Equal(own, await AlternatesAsync("/categories/prix"), StringComparer.Ordinal);
        Assert.Equal(own[3..], await AlternatesAsync("/articles/elsewhere"), StringComparer.Ordinal);
        Assert.Equal(own[3..], await AlternatesAsync("/"), StringComparer.Ordinal);

        string[] Feeds(string path, string title) =>
        [
            $"application/atom+xml|{title} (Atom)|{site.Address}{path}.atom",
            $"application/rss+xml|{title} (RSS)|{site.Address}{path}.rss",
            $"application/feed+json|{title} (JSON)|{site.Address}{path}.json",
        ];
    }

    [Fact]
    public async Task No_title_breaks_out_of_the_data_or_of_the_page()
    {
        var page = await site.Client.GetStringAsync("/articles/hostile");

        Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
        Assert.Single(Regex.Matches(page, "</script", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)));
        Assert.StartsWith("</script><script>alert(1)</script>", Text(await DataAsync("hostile"), "headline"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_data_of_a_page_is_no_script_to_a_browser_and_offends_no_policy()
    {
        await using var browser = await Browser.OpenAsync();
        var said = new List<string>();
        browser.Page.Console += (_, message) => said.Add(message.Text);
        browser.Page.Dialog += (_, dialog) => said.Add(dialog.Message);

        await browser.Page.GotoAsync($"{site.Address}articles/hostile");

        Assert.Equal(1, await browser.Page.Locator("script").CountAsync());
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_shared_link_shows_title_summary_picture_language_and_date()
    {
        var home = await CardAsync("/");
        var hostile = await CardAsync("/articles/hostile");

        Assert.Equal(("website", site.Address.AbsoluteUri, "fr_FR", "summary"), (home["og:type"], home["og:url"], home["og:locale"], home["twitter:card"]));
        Assert.Equal(("article", $"{site.Address}articles/hostile"), (hostile["og:type"], hostile["og:url"]));
        Assert.StartsWith("</script><script>", hostile["og:title"], StringComparison.Ordinal);
        Assert.Equal(("Du texte.", "2026-11-01T07:00:00Z", "2026-11-02T07:00:00Z", "Prix"), (hostile["og:description"], hostile["article:published_time"], hostile["article:modified_time"], hostile["article:section"]));
    }

    [Fact]
    public async Task A_picture_is_shared_with_its_size_and_its_text()
    {
        Assert.Empty((await site.Services.GetRequiredService<FolderImport>().ImportAsync(Startup.ProgramFolders.Sample, default)).Refused);
        var pictured = (await site.Services.GetRequiredService<ArticleStore>().LatestAsync(null, 100, default)).First(article => article.Image is { Width: > 0 });

        var card = await CardAsync($"/articles/{pictured.Slug}");

        var image = pictured.Image!;
        Assert.Equal((image.Address.AbsoluteUri, "summary_large_image", image.Alternative), (card["og:image"], card["twitter:card"], card["og:image:alt"]));
        Assert.Equal(FormattableString.Invariant($"{image.Width}x{image.Height}"), $"{card["og:image:width"]}x{card["og:image:height"]}");
        Assert.Equal(image.Address.AbsoluteUri, Text((await DataAsync(pictured.Slug)).GetProperty("image"), "url"));
    }

    [Fact]
    public async Task An_article_that_lives_elsewhere_names_that_address_as_its_own()
    {
        var page = await site.Client.GetStringAsync("/articles/elsewhere");

        Assert.Contains("<link rel=\"canonical\" href=\"https://other.example/text\">", page, StringComparison.Ordinal);
        Assert.Equal("https://other.example/text", Text(await DataAsync("elsewhere"), "url"));
        Assert.Equal("https://other.example/text", (await CardAsync("/articles/elsewhere"))["og:url"]);
    }

    [Fact]
    public async Task Under_an_article_stands_what_is_like_it_and_nothing_where_nothing_is()
    {
        var like = await site.Client.GetStringAsync("/articles/like");

        Assert.Contains("href=\"/articles/hostile\"", like[like.IndexOf("class=\"related\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"related\"", await site.Client.GetStringAsync("/articles/elsewhere"), StringComparison.Ordinal);
    }

    private static string Text(JsonElement data, string name) => data.GetProperty(name).GetString()!;

    private async Task<JsonElement> DataAsync(string slug) =>
        JsonDocument.Parse(Data().Match(await site.Client.GetStringAsync($"/articles/{slug}")).Groups["json"].Value).RootElement;

    private async Task<Dictionary<string, string>> CardAsync(string path) =>
        Properties().Matches(await site.Client.GetStringAsync(path))
            .DistinctBy(match => match.Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(match => match.Groups["name"].Value, match => WebUtility.HtmlDecode(match.Groups["content"].Value), StringComparer.Ordinal);

    private async Task<IReadOnlyList<string>> AlternatesAsync(string path) =>
        [.. Alternates().Matches(await site.Client.GetStringAsync(path)).Select(match => string.Join('|', ((string[])["type", "title", "address"]).Select(part => WebUtility.HtmlDecode(match.Groups[part].Value))))];

    [GeneratedRegex("<link rel=\"alternate\" type=\"(?<type>[^\"]+)\" title=\"(?<title>[^\"]+)\" href=\"(?<address>[^\"]+)\">", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alternates();

    [GeneratedRegex("<script type=\"application/ld\\+json\">(?<json>.*?)</script>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Data();

    [GeneratedRegex("<meta (property|name)=\"(?<name>(og|article|twitter):[^\"]+)\" content=\"(?<content>[^\"]*)\">", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Properties();
}
