using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>Sent editions as pages and feeds: the whole program, and mails as they are written.</summary>
public sealed partial class EditionPageTests
{
    private const string Page = "/newsletters/atelier";
    private const string Edition = Page + "/weekly-2026-11-23-0800";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [DatabaseTheory, EachDatabase]
    public async Task A_sent_edition_has_a_page_that_anybody_may_read_and_nothing_of_anybody_is_in_it(DatabaseProvider provider)
    {
        await using var stand = await SentAsync(provider);

        var list = await stand.Site.Client.GetStringAsync(Page);
        var page = await stand.Site.Client.GetStringAsync(Edition);

        Assert.Contains($"<a href=\"{Edition}\">lundi 23 novembre 2026</a>", list, StringComparison.Ordinal);
        Assert.Contains("Le récap’ du lundi – Chaque lundi à 08:00", Spaces(list), StringComparison.Ordinal);
        Assert.Contains("<a href=\"/newsletters/atelier\">Anciens numéros de", await stand.Site.Client.GetStringAsync("/subscribe"), StringComparison.Ordinal);
        Assert.Equal(["Un second article", "Un bon article"], Titles(page), StringComparer.Ordinal);
        Assert.Contains("lundi 23 novembre 2026</time> · 2 nouveaux articles", Spaces(page), StringComparison.Ordinal);
        foreach (var shown in (string[])[list, page])
        {
            Assert.DoesNotMatch("@blog\\.example|utm_|/(unsubscribe|preferences|editions|confirm)/", shown);
            Assert.Contains($"<link rel=\"alternate\" type=\"application/atom+xml\" title=\"La lettre de l’Atelier – L’Atelier du commerce (Atom)\" href=\"{stand.Site.Address}newsletters/atelier/feed.atom\">", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_article_that_is_withdrawn_is_gone_from_the_pages_the_feeds_and_the_mail_s_own_page()
    {
        await using var stand = await SentAsync(DatabaseProvider.Sqlite);
        var view = ViewLink(stand, "l1@blog.example");
        string[] all = [Page, Edition, view, Page + "/feed.atom", Page + "/feed.rss", Page + "/feed.json"];
        foreach (var address in all)
        {
            Assert.Contains("Un second article", await stand.Site.Client.GetStringAsync(address), StringComparison.Ordinal);
        }

        await stand.PublishAsync("second", "Un second article", "status: removed");

        foreach (var address in all)
        {
            Assert.DoesNotContain("Un second article", await stand.Site.Client.GetStringAsync(address), StringComparison.Ordinal);
        }

        Assert.Equal(["Un bon article"], Titles(await stand.Site.Client.GetStringAsync(Edition)), StringComparer.Ordinal);
        await stand.PublishAsync("bon", "Un bon article", "status: removed");
        Assert.Equal(HttpStatusCode.NotFound, (await stand.Site.Client.GetAsync(Edition)).StatusCode);
        var nothing = await stand.Site.Client.GetStringAsync(view);
        Assert.Contains("Il ne reste rien de ce numéro", nothing, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/newsletters/atelier\">Tous les numéros</a>", nothing, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_mails_of_a_cohort_have_one_link_that_shows_what_they_tell_and_gives_no_power(DatabaseProvider provider)
    {
        await using var stand = await SentAsync(provider);
        var view = ViewLink(stand, "l1@blog.example");
        var mail = stand.MailTo("l1@blog.example");

        using var answer = await stand.Site.Client.GetAsync(view);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(view, ViewLink(stand, "l2@blog.example"), StringComparer.Ordinal);
        Assert.NotEqual(view, ViewLink(stand, "l3@blog.example"), StringComparer.Ordinal);
        Assert.Contains($"href=\"{stand.Site.Address.AbsoluteUri.TrimEnd('/')}{view}\"", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(["Un second article", "Un bon article"], Titles(page), StringComparer.Ordinal);
        Assert.Equal(["Un second article"], Titles(await stand.Site.Client.GetStringAsync(ViewLink(stand, "l3@blog.example"))), StringComparer.Ordinal);
        Assert.All(Titles(page), title => Assert.Contains(title, mail.TextBody, StringComparison.Ordinal));
        Assert.DoesNotMatch("@blog\\.example|/(unsubscribe|preferences|confirm)/", page);
        Assert.Equal(("noindex", "max-age=300, private"), (answer.Headers.GetValues("X-Robots-Tag").Single(), answer.Headers.CacheControl!.ToString()));
        var token = view.Split('/')[^1];
        foreach (var power in (string[])["unsubscribe", "preferences", "confirm", "keep"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await stand.Site.Client.GetAsync($"/{power}/{token}")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await stand.Site.Client.GetAsync($"/editions/{token[..^2]}AA")).StatusCode);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_private_newsletter_answers_as_one_that_there_is_not_and_its_readers_may_read_their_mail_in_a_browser(DatabaseProvider provider)
    {
        await using var stand = await SentAsync(
            provider, "--Newsletter:Newsletters:0:Private=true");
        foreach (var below in (string[])["", "/weekly-2026-11-23-0800", "/feed.atom", "/feed.rss", "/feed.json"])
        {
            using var hidden = await stand.Site.Client.GetAsync(Page + below);
            using var unknown = await stand.Site.Client.GetAsync("/newsletters/nulle" + below);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, unknown.StatusCode));
            Assert.Equal(await unknown.Content.ReadAsStringAsync(), await hidden.Content.ReadAsStringAsync(), StringComparer.Ordinal);
        }

        var page = await stand.Site.Client.GetStringAsync(ViewLink(stand, "l1@blog.example"));
        Assert.Equal(["Un second article", "Un bon article"], Titles(page), StringComparer.Ordinal);
        Assert.DoesNotContain("newsletters/", page, StringComparison.Ordinal);
        Assert.DoesNotContain("newsletters/", await stand.Site.Client.GetStringAsync("/subscribe"), StringComparison.Ordinal);
        Assert.DoesNotContain("newsletters/", await stand.Site.Client.GetStringAsync("/sitemap.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_the_page_is_told_so_HEAD_has_no_body_and_other_methods_are_refused()
    {
        await using var stand = await SentAsync(DatabaseProvider.Sqlite);
        foreach (var address in (string[])[Page, Edition, ViewLink(stand, "l1@blog.example")])
        {
            using var got = await stand.Site.Client.GetAsync(address);
            using var head = await SendAsync(stand, HttpMethod.Head, address);
            using var again = await SendAsync(stand, HttpMethod.Get, address, got.Headers.ETag);
            using var posted = await SendAsync(stand, HttpMethod.Post, address);

            Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
            Assert.Equal((got.Headers.ETag, got.Content.Headers.LastModified, got.Content.Headers.ContentLength), (head.Headers.ETag, head.Content.Headers.LastModified, head.Content.Headers.ContentLength));
            Assert.Equal((HttpStatusCode.NotModified, got.Headers.ETag), (again.StatusCode, again.Headers.ETag));
            Assert.NotNull(got.Content.Headers.LastModified);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
            Assert.Equal(["GET", "HEAD"], posted.Content.Headers.Allow, StringComparer.Ordinal);
        }

        using var before = await stand.Site.Client.GetAsync(Edition);
        Assert.Equal("public, max-age=300", before.Headers.CacheControl!.ToString());
        await stand.PublishAsync("bon", "Un meilleur article", "updated: 2026-11-24T08:00:00+01:00");
        using var after = await SendAsync(stand, HttpMethod.Get, Edition, before.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.Contains("Un meilleur article", await after.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_changes_nothing_in_the_store()
    {
        await using var stand = await SentAsync(DatabaseProvider.Sqlite);
        var before = await RowsAsync(stand);

        foreach (var address in (string[])[Page, Edition, ViewLink(stand, "l1@blog.example"), Page + "/feed.atom", "/newsletters/nulle"])
        {
            (await stand.Site.Client.GetAsync(address)).Dispose();
            (await SendAsync(stand, HttpMethod.Head, address)).Dispose();
        }

        Assert.Equal(before, await RowsAsync(stand), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_feed_of_editions_lists_them_newest_first_under_names_that_stay(DatabaseProvider provider)
    {
        await using var stand = await SentAsync(provider);
        using var first = await stand.Site.Client.GetAsync(Page + "/feed.atom");
        await stand.PublishAsync("tiers", "Un tiers article");
        await stand.MakeAsync(RunningSite.Start.AddHours(2));

        using var got = await SendAsync(stand, HttpMethod.Get, Page + "/feed.atom", first.Headers.ETag);
        var feed = XDocument.Parse(await got.Content.ReadAsStringAsync()).Root!;

        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        Assert.Equal("La lettre de l’Atelier – L’Atelier du commerce", feed.Element(Atom + "title")!.Value);
        Assert.Equal(
            [$"{stand.Site.Address}newsletters/atelier/weekly-2026-11-23-0900: Un tiers article", $"{stand.Site.Address}newsletters/atelier/weekly-2026-11-23-0800: Un second article et 1 autre"],
            feed.Elements(Atom + "entry").Select(entry => $"{entry.Element(Atom + "id")!.Value}: {Spaces(entry.Element(Atom + "title")!.Value)}"),
            StringComparer.Ordinal);
        Assert.Equal(
            XDocument.Parse(await first.Content.ReadAsStringAsync()).Root!.Element(Atom + "entry")!.ToString(), feed.Elements(Atom + "entry").Last().ToString(), StringComparer.Ordinal);
        using var same = await SendAsync(stand, HttpMethod.Get, Page + "/feed.atom", got.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.DoesNotContain("rel=\"hub\"", feed.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, XDocument.Parse(await stand.Site.Client.GetStringAsync(Page + "/feed.rss")).Descendants("item").Count());
        Assert.DoesNotMatch("@blog\\.example|/(unsubscribe|preferences|editions|confirm)/", feed.ToString());
    }

    private static Task<EditionStand> SentAsync(DatabaseProvider provider, params string[] settings) => EditionStand.OpenAsync(provider, settings);

    private static string ViewLink(EditionStand stand, string email) =>
        new Uri(View().Match(stand.MailTo(email).TextBody!).Value).AbsolutePath;

    private static IReadOnlyList<string> Titles(string page) => [.. Title().Matches(page).Select(match => match.Groups["title"].Value)];

    private static string Spaces(string text) => text.Replace('\u00A0', ' ').Replace('\u202F', ' ').Replace("&#xA0;", " ", StringComparison.Ordinal);

    private static async Task<HttpResponseMessage> SendAsync(EditionStand stand, HttpMethod method, string address, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await stand.Site.Client.SendAsync(request);
    }

    private static Task<string> RowsAsync(EditionStand stand) =>
        stand.Site.Services.GetRequiredService<Database>().ReadAsync(async connection =>
        {
            var counts = new List<string>();
            foreach (var table in await connection.QueryToListAsync<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'qrtz%' AND name <> 'mail_sender' ORDER BY name"))
            {
                var count = await connection.ExecuteAsync<long>($"SELECT COUNT(*) FROM \"{table}\"");
                counts.Add(string.Create(CultureInfo.InvariantCulture, $"{table} {count}"));
            }

            return string.Join('\n', counts);
        });

    [GeneratedRegex(@"http://\S+/editions/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex View();

    [GeneratedRegex("<h2><a href=\"[^\"]*/articles/[^\"]+\">(?<title>[^<]+)</a></h2>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title();
}
