using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>What is sent is looked for as it is, wherever it is sent.</summary>
public sealed partial class QueryTests
{
    // Each beside one that a database would answer otherwise, later or not at all, if it read either as a part of a command.
    private static readonly (string One, string Other)[] Pairs =
    [
        ("' OR '1'='1' --", "' XR '1'='2' --"),
        ("x'||(CASE WHEN 1=1 THEN '' ELSE 'y' END)||'", "x'||(CASE WHEN 1=2 THEN '' ELSE 'y' END)||'"),
        ("%\\';SELECT pg_sleep(60) UNION SELECT value FROM stored_value--", "%\\';SELECT pg_slept(60) UNIOM SELECT value FROM stored_value--"),
    ];

    private static readonly string[] Addresses =
    [
        "/articles/{0}", "/categories/{0}", "/categories/{0}/feed.atom", "/newsletters/{0}", "/newsletters/{0}/feed.rss", "/newsletters/atelier/{0}", "/media/{0}", "/editions/{0}", "/confirm/{0}", "/unsubscribe/{0}",
        "/keep/{0}", "/address/{0}", "/preferences/{0}", "/preferences/{0}/data", "/admin/setup/{0}", "/admin/mails/{0}", "/sitemap-{0}.xml", "/newsletters/atelier?before={0}",
        "/feed.atom?categories={0}", "/feed.json?author={0}", "/feed.rss?language={0}", "/?handler={0}", "/subscribe?cadence={0}", "/admin?saved={0}", "/admin/categories?renamed={0}", "{1}?newsletter={0}&done={0}",
    ];

    // What begins with ! stays as it is.
    private static readonly (string Address, string Fields)[] Forms =
    [
        ("/subscribe", "email=lectrice@blog.example cadence=weekly categories=essais token=none work=none"),
        ("/hub", "hub.mode=subscribe hub.topic=none hub.callback=https://reader.example/ hub.lease_seconds=10 hub.secret=none"),
        ("{0}?handler=Settings", "newsletter=atelier cadence=weekly !topics=some categories=essais hour=7 zone=Europe/Paris without=none language=fr"),
        ("{0}?handler=Cadence", "newsletter=atelier cadence=none"),
        ("{0}?handler=Pause", "newsletter=none until=none"),
        ("{0}?handler=Leave", "newsletter=none"),
        ("{0}?handler=Return", "newsletter=none"),
        ("{0}?handler=Address", "email=none"),
    ];

    private static readonly (string Address, string Fields)[] AdminForms =
    [
        ("/admin?handler=Schedule", "cadence=weekly cron=none zone=none frequency=none time=none day=none minimum=none"),
        ("/admin/categories", "name=none newName=none"),
    ];

    [DatabaseTheory, EachDatabase, Attack(1)]
    public async Task No_answer_depends_on_what_a_database_would_make_of_what_is_sent_and_who_is_called_so_is_found_alone(DatabaseProvider provider)
    {
        await using var stand = await EditionStand.OpenAsync(provider, "--Newsletter:Join:MailsPerHour=10000", "--Newsletter:Join:MailsPerHourAndDomain=10000");
        var session = await stand.Site.OpenAdminAsync();
        var preferences = Preferences().Match(stand.MailTo("l3@blog.example").TextBody!).Value;
        var before = await StateAsync(stand.Site);
        var asked = 0;

        foreach (var (one, other) in Pairs)
        {
            foreach (var address in Addresses)
            {
                await AssertSameAsync(one, other, address, sent => stand.Site.SendAsync(HttpMethod.Get, string.Format(null, address, Uri.EscapeDataString(sent), preferences), Network(asked++), session));
            }

            foreach (var (address, fields) in Forms)
            {
                await AssertEachFieldAsync(one, other, address, fields, form => stand.Site.SendAsync(HttpMethod.Post, string.Format(null, address, preferences), Network(asked++), content: new FormUrlEncodedContent(form)));
            }

            foreach (var (address, fields) in AdminForms)
            {
                await AssertEachFieldAsync(one, other, address, fields, form => stand.Site.PostAsAdminAsync(address, session, form));
            }

            await AssertEachFieldAsync(one, other, "/api/subscribe", "email=lectrice@blog.example cadence=weekly categories=essais", form =>
            {
                var sent = form.ToDictionary(StringComparer.Ordinal);
                return stand.Site.SendAsync(HttpMethod.Post, "/api/subscribe", Network(asked++), content: JsonContent.Create(new { email = sent["email"], cadence = sent["cadence"], categories = (string[])[sent["categories"]] }));
            });
        }

        Assert.Equal(before, await StateAsync(stand.Site));
        await AssertLiteralAsync(stand);
    }

    private static async Task AssertLiteralAsync(EditionStand stand)
    {
        const string Name = "' OR '1'='1' --";
        await stand.PublishAsync("commande", "Une commande", $"author: \"{Name}\"\ncategories: [\"{Name}\"]");
        await stand.Site.Services.GetRequiredService<FeedLibrary>().RefreshAsync(default);
        XNamespace atom = "http://www.w3.org/2005/Atom";
        foreach (var feed in (string[])["/categories/or-1-1/feed.atom", $"/feed.atom?author={Uri.EscapeDataString(Name)}"])
        {
            Assert.Equal("Une commande", Assert.Single(XDocument.Parse(await stand.Site.Client.GetStringAsync(feed)).Descendants(atom + "entry")).Element(atom + "title")!.Value);
        }

        var mails = stand.Recipients;
        using var form = Stand.Form("o'--@blog.example", "10.255.0.1");
        Assert.Equal(HttpStatusCode.OK, (await stand.Site.Client.SendAsync(form)).StatusCode);
        await stand.Site.StepUntilAsync(() => Task.FromResult(stand.HasMailTo("o'--@blog.example")), "a mail to who is called so");
        Assert.Equal(mails + 1, stand.Recipients);
    }

    private static async Task AssertEachFieldAsync(string one, string other, string address, string fields, Func<KeyValuePair<string, string>[], Task<HttpResponseMessage>> send)
    {
        var all = fields.Split(' ').Select(field => (Name: field.Split('=')[0].TrimStart('!'), Value: field.Split('=')[1], IsFixed: field[0] is '!')).ToList();
        foreach (var (name, _, _) in all.Where(field => !field.IsFixed))
        {
            await AssertSameAsync(one, other, $"{address} {name}", sent => send([.. all.Select(field => KeyValuePair.Create(field.Name, string.Equals(field.Name, name, StringComparison.Ordinal) ? sent : field.Value))]));
        }
    }

    private static async Task AssertSameAsync(string one, string other, string where, Func<string, Task<HttpResponseMessage>> send)
    {
        var (first, second) = (await AnswerAsync(one, send), await AnswerAsync(other, send));

        Assert.True(first.Status is < 500, $"{where} {one}: {first}");
        Assert.Equal((where, first), (where, second));
    }

    private static async Task<(int Status, string Said)> AnswerAsync(string sent, Func<string, Task<HttpResponseMessage>> send)
    {
        // In half a minute; each of them would be asleep longer.
        using var answer = await send(sent).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        var said = WebUtility.HtmlDecode($"{answer.Headers.Location?.OriginalString} {await answer.Content.ReadAsStringAsync()}");
        return ((int)answer.StatusCode, Own().Replace(((string[])[sent, Uri.EscapeDataString(sent), System.Text.Encodings.Web.UrlEncoder.Default.Encode(sent)]).Aggregate(said, (text, form) => text.Replace(form, "·", StringComparison.OrdinalIgnoreCase)), ""));
    }

    private static async Task<string> StateAsync(RunningSite site) => string.Join(
        '\n',
        (await site.Services.GetRequiredService<Subscribers>().ListAsync(default)).Where(one => one.State != SubscriptionState.Unconfirmed).Select(one => $"{one.Email} {one.Cadence} {one.State} {string.Join(',', one.Categories)}")
            .Concat((await site.Services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Select(state => $"{state.Category.Name} {state.ArticleCount}")));

    private static string Network(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"10.{number / 256}.{number % 256}.7");

    [GeneratedRegex("/preferences/[A-Za-z0-9_-]+", RegexOptions.None, 1000)]
    private static partial Regex Preferences();

    // What belongs to one form alone.
    [GeneratedRegex("name=\"(token|__RequestVerificationToken)\"[^>]*value=\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Own();
}
