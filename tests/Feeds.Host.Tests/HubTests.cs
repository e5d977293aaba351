using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Feeds.Host.Commands;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

public sealed class HubTests
{
    private const string Private = "--Feeds:Hub:AllowPrivateCallbacks=true";

    [DatabaseTheory, EachDatabase]
    public async Task Whoever_follows_a_feed_s_own_links_is_told_of_a_saved_file_at_once(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        using var articles = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        Write(articles, 1);
        await using var site = await RunningSite.StartAsync(folder, database, Private, $"--Articles:Folder={articles.Path}");
        await site.StepUntilAsync(async () => (await site.Client.GetStringAsync("/feed.atom")).Contains("Article 1", StringComparison.Ordinal), "the first article");
        using var discovered = await site.Client.GetAsync("/feed.atom");
        var links = Links(discovered);

        using var answer = await PostAsync(site.Client, links["hub"], "subscribe", links["self"], subscriber.Address("/?k=1"), ("hub.secret", "s"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.TrueAsync(() => subscriber.Calls.Count == 1, () => "the callback is asked");
        Write(articles, 2);
        await site.StepUntilAsync(() => Task.FromResult(subscriber.Posts.Count == 1), "the push");

        var push = subscriber.Posts[0];
        Assert.Equal(await site.Client.GetByteArrayAsync("/feed.atom"), push.Body);
        Assert.Contains("Article 2", System.Text.Encoding.UTF8.GetString(push.Body), StringComparison.Ordinal);
        Assert.Equal(string.Join(", ", discovered.Headers.GetValues("Link")), push.Headers["Link"]);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s"u8, push.Body)), push.Headers["X-Hub-Signature"]);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_program_that_is_killed_before_it_can_push_pushes_when_it_is_started_again(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        using var articles = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        Write(articles, 1);
        await ImportAsync(folder, articles, database);
        using var client = new HttpClient();
        await using (var first = Serve(folder, database, out var before))
        {
            await first.WaitUntilReadyAsync(before);
            using var answer = await PostAsync(client, new Uri(before, "hub").AbsoluteUri, "subscribe", "https://blog.example/feed.json", subscriber.Address());
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            // With a claim in its hands it would be killed for a minute: that is how long others leave it alone.
            await Eventually.TrueAsync(() => IsAtRestAsync(database), () => first.Printed);
            first.Kill();
            await first.WaitForEndAsync();
        }

        // Committed, and nobody there to push.
        Write(articles, 2);
        await ImportAsync(folder, articles, database);
        Assert.Empty(subscriber.Posts);
        await using var second = Serve(folder, database, out var after);
        await Eventually.TrueAsync(() => subscriber.Posts.Count > 0, () => second.Printed, TimeSpan.FromSeconds(60));
        // It pushes as soon as it runs, which may be before it listens.
        await second.WaitUntilReadyAsync(after);

        Assert.Equal(await client.GetByteArrayAsync(new Uri(after, "feed.json")), Assert.Single(subscriber.Posts).Body);
    }

    [SkippableFact]
    public async Task Two_processes_on_one_PostgreSQL_push_what_a_third_one_imported_once()
    {
        using var folder = new TestFolder();
        using var articles = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        using var subscriber = CallbackServer.Start();
        using var client = new HttpClient();
        Write(articles, 1);
        await ImportAsync(folder, articles, database);
        await using var one = Serve(folder, database, out var first);
        await using var other = Serve(folder, database, out var second);
        await Task.WhenAll(one.WaitUntilReadyAsync(first), other.WaitUntilReadyAsync(second));
        for (var number = 0; number < 20; number++)
        {
            using var answer = await PostAsync(client, new Uri(number % 2 == 0 ? first : second, "hub").AbsoluteUri, "subscribe", "https://blog.example/feed.rss", subscriber.Address($"/{number}"));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        await Eventually.TrueAsync(() => Regex.Count(one.Printed + other.Printed, "subscribed to", RegexOptions.NonBacktracking) == 20, () => one.Printed + other.Printed);
        Write(articles, 2);
        await ImportAsync(folder, articles, database);
        await Eventually.TrueAsync(() => subscriber.Posts.Count >= 20, () => $"{subscriber.Posts.Count} pushes\n{one.Printed}\n{other.Printed}");

        // Another change, and nothing else came in between.
        Write(articles, 3);
        await ImportAsync(folder, articles, database);
        await Eventually.TrueAsync(() => subscriber.Posts.Count >= 40, () => $"{subscriber.Posts.Count} pushes\n{one.Printed}\n{other.Printed}");
        Assert.All(subscriber.Posts.GroupBy(post => post.Target, StringComparer.Ordinal), pushes => Assert.Equal(2, pushes.Count()));
    }

    [Fact]
    public async Task Every_format_names_the_hubs_and_an_archive_or_a_combination_does_not()
    {
        using var folder = new TestFolder();
        using var articles = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        for (var number = 1; number <= 40; number++)
        {
            Write(articles, number);
        }

        await ImportAsync(folder, articles, database);
        await using var site = await RunningSite.StartAsync(folder, database, "--Feeds:Hubs:0=https://hub.example/");
        string[] hubs = [new Uri(site.Address, "hub").AbsoluteUri, "https://hub.example/"];

        XNamespace atom = "http://www.w3.org/2005/Atom";
        foreach (var path in (string[])["/feed.atom", "/feed.rss", "/categories/prix/feed.atom"])
        {
            var named = XDocument.Parse(await site.Client.GetStringAsync(path)).Descendants(atom + "link").Where(link => (string?)link.Attribute("rel") is "hub").Select(link => (string)link.Attribute("href")!);
            Assert.Equal(hubs, named, StringComparer.Ordinal);
        }

        using var json = JsonDocument.Parse(await site.Client.GetStringAsync("/feed.json"));
        Assert.All(json.RootElement.GetProperty("hubs").EnumerateArray(), hub => Assert.Equal("WebSub", hub.GetProperty("type").GetString()));
        Assert.Equal(hubs, json.RootElement.GetProperty("hubs").EnumerateArray().Select(hub => hub.GetProperty("url").GetString()!), StringComparer.Ordinal);
        foreach (var path in (string[])["/archive/1/feed.atom", "/archive/1/feed.json", "/feed.rss?categories=prix%2Cprix-2"])
        {
            using var answer = await site.Client.GetAsync(path);
            Assert.DoesNotContain("hub", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("hub", answer.Headers.TryGetValues("Link", out var header) ? string.Join(", ", header) : "", StringComparison.Ordinal);
        }

        using var unchanged = new HttpRequestMessage(HttpMethod.Get, "/feed.atom");
        unchanged.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var notModified = await site.Client.SendAsync(unchanged);
        Assert.Equal(hubs[0], Links(notModified)["hub"]);
    }

    [Fact]
    public async Task What_is_no_request_to_the_hub_is_refused_in_plain_words()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var hub = new Uri(site.Address, "hub").AbsoluteUri;
        var topic = new Uri(site.Address, "feed.atom").AbsoluteUri;

        (string What, Func<Task<HttpResponseMessage>> Send, HttpStatusCode Status, string Sentence)[] cases =
        [
            ("a private callback", () => PostAsync(site.Client, hub, "subscribe", topic, "http://127.0.0.1/x"), HttpStatusCode.BadRequest, "public Internet"),
            ("a ping", () => PostAsync(site.Client, hub, "publish", topic, "https://a.example/"), HttpStatusCode.BadRequest, "nobody needs to tell it"),
            ("another topic", () => PostAsync(site.Client, hub, "subscribe", "https://elsewhere.example/", "https://a.example/"), HttpStatusCode.BadRequest, "no feed of this publication"),
            ("a field twice", () => PostAsync(site.Client, hub, "subscribe", topic, "https://a.example/", ("hub.callback", "https://b.example/")), HttpStatusCode.BadRequest, "hub.callback is there more than once"),
            ("many fields", () => PostAsync(site.Client, hub, "subscribe", topic, "https://a.example/", [.. Enumerable.Range(0, 30).Select(number => ($"x{number}", ""))]), HttpStatusCode.BadRequest, "more than 20 fields"),
            ("a long form", () => PostAsync(site.Client, hub, "subscribe", topic, "https://a.example/" + new string('x', 20_000)), HttpStatusCode.RequestEntityTooLarge, "16 KB"),
            ("no form", () => site.Client.PostAsync(hub, new StringContent("{}", System.Text.Encoding.UTF8, "application/json")), HttpStatusCode.UnsupportedMediaType, "send a form"),
        ];
        foreach (var (what, send, status, sentence) in cases)
        {
            using var answer = await send();
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(status == answer.StatusCode, $"{what}: {answer.StatusCode} {text}");
            Assert.Contains(sentence, text, StringComparison.Ordinal);
            Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        using var looked = await site.Client.GetAsync("/hub");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, looked.StatusCode);
    }

    [Fact]
    public async Task A_program_that_names_itself_as_a_browser_does_may_subscribe_and_a_flood_is_told_to_wait()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var subscriber = CallbackServer.Start();
        await using var site = await RunningSite.StartAsync(folder, database, Private);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hub") { Content = Form("subscribe", new Uri(site.Address, "feed.atom").AbsoluteUri, subscriber.Address()) };
        request.Headers.Add("Origin", "https://reader.example");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var answer = await site.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        for (var number = 0; ; number++)
        {
            Assert.InRange(number, 0, 1000);
            using var next = await PostAsync(site.Client, "/hub", "x", "", "");
            if (next.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Equal(60, next.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
                break;
            }
        }
    }

    [Fact]
    public async Task Without_the_hub_there_is_none_and_feeds_name_none()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database, "--Feeds:Hub:Enabled=false");

        using var posted = await PostAsync(site.Client, "/hub", "subscribe", new Uri(site.Address, "feed.atom").AbsoluteUri, "https://a.example/");
        using var feed = await site.Client.GetAsync("/feed.atom");

        Assert.Equal(HttpStatusCode.NotFound, posted.StatusCode);
        Assert.Equal("self", Assert.Single(Links(feed)).Key);
        Assert.DoesNotContain("rel=\"hub\"", await feed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static void Write(TestFolder articles, int number) =>
        articles.Write(
            string.Create(CultureInfo.InvariantCulture, $"{number}.md"),
            string.Create(CultureInfo.InvariantCulture, $"---\ntitle: Article {number}\ndate: {new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero).AddDays(number):yyyy-MM-dd'T'HH:mm:ss'Z'}\ncategories: [Prix, Prix 2]\n---\nDu texte.\n"));

    private static async Task ImportAsync(TestFolder folder, TestFolder articles, TestDatabase database)
    {
        var (code, _, errors) = await ProgramProcess.RunAsync(folder.Path, "import", articles.Path, "--Publication:BaseUrl=https://blog.example", $"--Storage:ConnectionString={database.ConnectionString}", Private);
        Assert.True(code == 0, errors);
    }

    /// <summary>Whether there is a confirmed subscription, and nothing to be done for it.</summary>
    private static async Task<bool> IsAtRestAsync(TestDatabase database)
    {
        await using var services = CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}"]);
        return await services.GetRequiredService<Database>().ReadAsync(connection => connection.ExecuteAsync<long>(
            "SELECT COUNT(*) FROM hub_subscription WHERE expires_at IS NOT NULL AND next_attempt_at IS NULL AND claimed_until IS NULL")) == 1;
    }

    private static ProgramProcess Serve(TestFolder folder, TestDatabase database, out Uri address)
    {
        address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        return ProgramProcess.Start(folder.Path, $"--urls={address}", "--Publication:BaseUrl=https://blog.example", $"--Storage:ConnectionString={database.ConnectionString}", Private);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string hub, string mode, string topic, string callback, params (string Key, string Value)[] more) =>
        client.PostAsync(hub, Form(mode, topic, callback, more));

    private static FormUrlEncodedContent Form(string mode, string topic, string callback, params (string Key, string Value)[] more) =>
        new([new("hub.mode", mode), new("hub.topic", topic), new("hub.callback", callback), .. more.Select(field => KeyValuePair.Create(field.Key, field.Value))]);

    /// <summary>The first link of each relation.</summary>
    private static Dictionary<string, string> Links(HttpResponseMessage answer) =>
        Regex.Matches(string.Join(", ", answer.Headers.GetValues("Link")), "<(?<address>[^>]*)>; rel=\"(?<relation>[^\"]*)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)
            .GroupBy(link => link.Groups["relation"].Value, StringComparer.Ordinal)
            .ToDictionary(links => links.Key, links => links.First().Groups["address"].Value, StringComparer.Ordinal);
}
