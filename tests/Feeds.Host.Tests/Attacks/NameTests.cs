using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Feeds.Mail;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>Names, titles and what servers say are text, wherever they stand.</summary>
[Collection(SharedStand.Name)]
public sealed partial class NameTests(HostileStand stand)
{
    // What a page that read a name as markup would have in it.
    private const string Alive = """
        [...document.querySelectorAll('*')]
            .filter(one => [...one.attributes].some(attribute => attribute.name.startsWith('on') || attribute.value.startsWith('javascript:') || attribute.value.includes('evil.example'))
                || one.getAttribute('src') === 'x' || one.localName === 'svg' || (one.localName === 'script' && one.type !== 'application/ld+json' && !one.src))
            .map(one => one.outerHTML)
        """;

    [SkippableFact, Attack(3), Attack(4), Attack(6), Attack(7)]
    public async Task No_page_and_no_mail_takes_a_name_for_markup_and_each_shows_it()
    {
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        var said = new List<string>();
        page.Dialog += (_, dialog) => said.Add(dialog.Message);
        await page.Context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "feeds.admin", Value = stand.Session.Split('=', 2)[1], Url = stand.Site.Address.AbsoluteUri }]);
        var category = CategoryLink().Match(await stand.ReadAsync("/")).Value;
        var edition = EditionLink().Match(await stand.ReadAsync("/newsletters/atelier")).Value;
        string[] paths =
        [
            "/", "/articles/hostile", category, "/newsletters/atelier", edition, "/subscribe", "/privacy", "/admin", "/admin/categories",
            stand.Link("editions"), stand.Link("unsubscribe"), stand.Link("preferences"), $"{stand.Link("preferences")}/data", "/status/404",
        ];

        foreach (var path in paths)
        {
            await page.GotoAsync(new Uri(stand.Site.Address, path).AbsoluteUri);
            Assert.Empty(await page.EvaluateAsync<string[]>(Alive));
            Assert.Contains(HostileStand.Markup, await page.InnerTextAsync("body"), StringComparison.Ordinal);
        }

        using var feed = JsonDocument.Parse(await stand.ReadAsync("/feed.json"));
        foreach (var html in feed.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("content_html").GetString()!).Append(stand.Mail.HtmlBody!))
        {
            await page.SetContentAsync(html);
            Assert.Empty(await page.EvaluateAsync<string[]>(Alive));
            Assert.Contains($"Texte {HostileStand.Markup}", await page.InnerTextAsync("body"), StringComparison.Ordinal);
        }

        Assert.Contains(HostileStand.Title, await page.InnerTextAsync("body"), StringComparison.Ordinal);
        Assert.Empty(said);
    }

    [Fact, Attack(3)]
    public async Task What_is_typed_into_a_form_comes_back_as_text()
    {
        const string Typed = "\"><img src=x onerror=alert(1)>";
        var (preferences, asked) = (stand.Link("preferences"), Uri.EscapeDataString(Typed));
        foreach (var (method, path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Post, "/subscribe"), (HttpMethod.Post, $"{preferences}?handler=Settings"), (HttpMethod.Post, $"{preferences}?handler=Address"),
            (HttpMethod.Get, $"{preferences}?done={asked}&newsletter={asked}"), (HttpMethod.Get, $"/admin?saved={asked}"), (HttpMethod.Get, $"/admin/categories?renamed={asked}"),
        ])
        {
            using var form = new FormUrlEncodedContent(((string[])["email", "cadence", "categories", "newsletter", "zone", "hour", "language", "without", "token", "work"]).Select(name => KeyValuePair.Create(name, Typed)));
            using var answer = await stand.AskAsync(method, path, method == HttpMethod.Post ? form : null, asAdmin: method == HttpMethod.Get, "198.51.101.1");

            var page = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode is 200 or 404 or 422, $"{path}: {answer.StatusCode}");
            Assert.DoesNotContain("<img src=x", page, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact, Attack(3), Attack(9)]
    public async Task Every_feed_says_the_names_as_they_are()
    {
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var feed = XDocument.Parse(await stand.ReadAsync("/feed.atom")).Root!;
        var rss = XDocument.Parse(await stand.ReadAsync("/feed.rss")).Root!.Element("channel")!;
        using var json = JsonDocument.Parse(await stand.ReadAsync("/feed.json"));
        var lists = XDocument.Parse(await stand.ReadAsync("/feeds.opml"));
        var editions = XDocument.Parse(await stand.ReadAsync("/newsletters/atelier/feed.atom")).Root!;

        var entry = feed.Elements(atom + "entry").Single(one => one.Element(atom + "link")!.Attribute("href")!.Value.EndsWith("/hostile", StringComparison.Ordinal));
        Assert.StartsWith($"Atelier {HostileStand.Markup}", feed.Element(atom + "title")!.Value, StringComparison.Ordinal);
        var category = entry.Element(atom + "category")!;
        Assert.Equal((HostileStand.Title, HostileStand.Author), (entry.Element(atom + "title")!.Value, entry.Element(atom + "author")!.Element(atom + "name")!.Value));
        Assert.Equal(HostileStand.Category, (category.Attribute("label") ?? category.Attribute("term"))!.Value);
        Assert.Contains(rss.Elements("item"), item => string.Equals(item.Element("title")!.Value, HostileStand.Title, StringComparison.Ordinal));
        Assert.Contains(json.RootElement.GetProperty("items").EnumerateArray(), item => item.GetProperty("title").ValueEquals(HostileStand.Title));
        Assert.Contains(lists.Descendants("outline"), outline => outline.Attribute("text")!.Value.Contains(HostileStand.Category, StringComparison.Ordinal));
        Assert.Contains(editions.Elements(atom + "entry"), one => one.Element(atom + "title")!.Value.StartsWith(HostileStand.Title, StringComparison.Ordinal));
    }

    [Fact, Attack(9)]
    public async Task Razor_in_a_text_or_a_name_is_text_on_the_page_in_the_feed_and_in_the_mail()
    {
        string[] texts =
        [
            WebUtility.HtmlDecode(await stand.ReadAsync("/articles/hostile")), WebUtility.HtmlDecode(await stand.ReadAsync("/")), WebUtility.HtmlDecode(await stand.ReadAsync("/feed.atom")), await stand.ReadAsync("/feed.json"),
            WebUtility.HtmlDecode(stand.Mail.HtmlBody!), stand.Mail.TextBody!, WebUtility.HtmlDecode(await stand.ReadAsync(stand.Link("editions"))),
        ];

        Assert.All(texts, text =>
        {
            Assert.Contains("@(6661*7)", text, StringComparison.Ordinal);
            Assert.Contains("@{System.IO.File.ReadAllText(", text, StringComparison.Ordinal);
            Assert.DoesNotContain("46627", text, StringComparison.Ordinal);
            Assert.DoesNotContain("root:", text, StringComparison.Ordinal);
        });
        Assert.StartsWith($"Titre {HostileStand.Markup} @(6661*7)", stand.Mail.Subject, StringComparison.Ordinal);
        Assert.Contains($"Texte <code>{HostileStand.Markup}", texts[4], StringComparison.Ordinal);
        Assert.Contains(HostileStand.Newsletter, WebUtility.HtmlDecode(await stand.ReadAsync("/newsletters/atelier")), StringComparison.Ordinal);
        Assert.Contains("@(6661*7)", WebUtility.HtmlDecode(await stand.ReadAsync("/admin", asAdmin: true)), StringComparison.Ordinal);
    }

    [Fact, Attack(7), Attack(35)]
    public async Task What_a_server_says_of_a_bounce_is_text_to_a_browser_a_terminal_and_a_spreadsheet()
    {
        var listed = Assert.Single(await stand.Site.Services.GetRequiredService<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default));
        Assert.Contains(HostileStand.Markup, listed.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(listed.Detail!, char.IsControl);

        var data = $"{stand.Link("preferences")}/data";
        using var json = await stand.AskAsync(HttpMethod.Get, $"{data}?handler=Json");
        using var csv = await stand.AskAsync(HttpMethod.Get, $"{data}?handler=Csv");
        Assert.All([json, csv], file => Assert.Equal(("nosniff", "attachment"), (file.Headers.GetValues("X-Content-Type-Options").Single(), file.Content.Headers.ContentDisposition!.DispositionType)));
        Assert.Contains(HostileStand.Markup, JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("notWrittenTo").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", await stand.ReadAsync(data), StringComparison.OrdinalIgnoreCase);
        var cells = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).SelectMany(line => line.Split(',')).ToList();
        Assert.Contains($"'{HostileStand.Reader}", cells, StringComparer.Ordinal);
        Assert.DoesNotContain(cells, cell => cell.TrimStart('"') is ['=' or '+' or '-' or '@' or '\t', ..]);

        foreach (var command in (string[][])[["suppression", "list"], ["suppression", "export"]])
        {
            var (exit, output, errors) = await ProgramProcess.RunAsync(stand.Folder, [.. command, .. stand.Settings]);
            Assert.True(exit == 0, errors);
            Assert.DoesNotContain(output, letter => char.IsControl(letter) && letter is not ('\n' or '\r'));
        }
    }

    [GeneratedRegex("/categories/[a-z0-9-]+", RegexOptions.None, 1000)]
    private static partial Regex CategoryLink();

    [GeneratedRegex("/newsletters/atelier/(?!feed)[A-Za-z0-9-]+", RegexOptions.None, 1000)]
    private static partial Regex EditionLink();
}
