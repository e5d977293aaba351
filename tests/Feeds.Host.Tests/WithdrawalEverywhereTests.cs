using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Feeds.Host.Startup;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Syndication;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit.Abstractions;

namespace Feeds.Host.Tests;

/// <summary>
/// One save withdraws an article from everything that the program shows, pushes and mails: on the system's clock, since
/// how long that takes is the promise.
/// </summary>
public sealed class WithdrawalEverywhereTests(ITestOutputHelper output)
{
    // Thirty-four places fill two archives, and the fourth newest is in the second of them, in the live feeds and in the digest.
    private const int Articles = 34;
    private const string Wrong = "article-31";
    private const string Title = "Article 31";
    private const string Reason = "Les chiffres étaient faux.";
    private const int SentBefore = 20;

    // Their mails take six seconds: when the bound below is over, some are left to see that they go without it.
    private const int Subscribers = 300;
    private static readonly TimeSpan ForEachMail = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// The goal is a second, which the times that are printed keep with much to spare; but a machine that runs other tests
    /// beside this one may stand still for longer, and that is no mistake of the program.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    private static readonly TimeProvider Clock = TimeProvider.System;

    [DatabaseTheory, EachDatabase]
    public async Task An_article_withdrawn_while_its_edition_goes_out_is_gone_from_everything_within_a_second_of_the_save(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        using var reader = CallbackServer.Start();
        var arrivals = new Arrivals();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = ForEachMail, BeforeAnswer = arrivals.NoteAsync });
        for (var number = 1; number <= Articles; number++)
        {
            Write(folder, number);
        }

        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        await using var site = await Site.StartAsync(Settings(folder, database, relay, address), _ => { }, default);
        using var client = new HttpClient { BaseAddress = address };
        var views = Views(client, reader);
        await Eventually.TrueAsync(async () => (await client.GetStringAsync("/feed.atom")).Contains($"Article {Articles}", StringComparison.Ordinal), () => "the articles are public");

        // Everything shows the article: feeds, the archive that has it, its page, a published tree; and a reader asks to be told.
        Assert.All(await Task.WhenAll(views.Select(async view => (view.Name, IsGone: await view.IsGoneAsync()))), view => Assert.False(view.IsGone, view.Name));
        var tree = site.Services.GetRequiredService<FeedFolder>();
        await tree.WriteAsync(folder["tree"], default);
        Assert.All((string[])["feed.atom", "archive/2/feed.rss"], file => Assert.Contains(Title, File.ReadAllText(folder[$"tree/{file}"]), StringComparison.Ordinal));
        foreach (var topic in (string[])["feed.atom", "categories/essais/feed.json"])
        {
            await SubscribeAsync(client, reader, topic);
        }

        // Its edition is on its way to many when the file says that the article is withdrawn.
        for (var number = 1; number <= Subscribers; number++)
        {
            Assert.Null(await site.Services.GetRequiredService<Subscribers>().AddConfirmedAsync(string.Create(CultureInfo.InvariantCulture, $"l{number}@blog.example"), "weekly", [], default));
        }

        Assert.NotNull(await site.Services.GetRequiredService<Editions>().MakeAsync("weekly", Clock.GetUtcNow(), default));
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= SentBefore, () => $"{relay.Ledger.Messages.Count} mails are sent");
        var saved = Clock.GetTimestamp();
        Write(folder, 31, "status: removed\nreason: " + Reason);

        // Each of them follows, all at the same time.
        var times = await Task.WhenAll(views.Select(async view => (view.Name, Took: await FollowedAsync(view, saved))));
        await tree.WriteAsync(folder["tree"], default);
        var published = Clock.GetElapsedTime(saved);
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= Subscribers, () => $"{relay.Ledger.Messages.Count} mails are sent");
        await Eventually.TrueAsync(async () => (await EditionAsync(site)).State == EditionState.Done, () => "the edition is done");

        Assert.Empty(Directory.EnumerateFiles(folder["tree"], "*", SearchOption.AllDirectories).Where(file => Tells(File.ReadAllText(file))).Select(file => Path.GetRelativePath(folder["tree"], file)));
        Assert.Contains("at:deleted-entry", await File.ReadAllTextAsync(folder["tree/feed.atom"]), StringComparison.Ordinal);

        // Of the mails, those that were begun before tell of it, the rest don't, and everybody has one.
        var mails = relay.Ledger.Messages;
        var told = mails.TakeWhile(Tells).ToList();
        Assert.InRange(told.Count, SentBefore, Subscribers - 1);
        Assert.DoesNotContain(mails.Skip(told.Count), Tells);
        Assert.All(mails, mail => Assert.Contains("Article 30", Text(mail), StringComparison.Ordinal));
        Assert.Equal(Subscribers, mails.Select(mail => mail.To).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Subscribers, mails.Count);
        Assert.Equal(Subscribers, (await EditionAsync(site)).Counts.Accepted);
        var lastMail = Clock.GetElapsedTime(saved, arrivals.At(told[^1].To));
        Assert.InRange(lastMail, TimeSpan.FromSeconds(-1), Bound);
        foreach (var (name, took) in times.Append(("the published tree, written when all of these had followed", published)).Append(("the last mail that still tells of it", lastMail)))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{provider}: {took.TotalMilliseconds,5:F0} ms {name}"));
        }
    }

    /// <summary>Everything that shows the article to somebody, and how one sees there that it is withdrawn.</summary>
    private static List<View> Views(HttpClient client, CallbackServer reader)
    {
        return
        [
            Without("feed.rss"),
            new("feed.atom, with a tombstone", async () => await client.GetStringAsync("/feed.atom") is var feed && !Tells(feed) && IsBuried(feed)),
            Without("feed.json"),
            new("categories/essais/feed.atom, with a tombstone", async () => await client.GetStringAsync("/categories/essais/feed.atom") is var feed && !Tells(feed) && IsBuried(feed)),
            Without("archive/2/feed.rss"),
            Without("archive/2/feed.atom"),
            Without("archive/2/feed.json"),
            Without("categories/essais/archive/2/feed.json"),
            Without("sitemap.xml"),
            Without(""),
            new($"articles/{Wrong}, which is 410 with the reason", async () =>
            {
                using var page = await client.GetAsync($"/articles/{Wrong}");
                return page.StatusCode == HttpStatusCode.Gone && (await page.Content.ReadAsStringAsync()).Contains(Reason, StringComparison.Ordinal);
            }),
            new("the push of feed.atom", () => Task.FromResult(Pushed("feed.atom") is { } feed && !Tells(feed) && IsBuried(feed))),
            new("the push of categories/essais/feed.json", () => Task.FromResult(Pushed("categories/essais/feed.json") is { } feed && !Tells(feed))),
        ];

        View Without(string path) => new("/" + path, async () => !Tells(await client.GetStringAsync("/" + path)));

        string? Pushed(string topic) =>
            reader.Posts.LastOrDefault(post => string.Equals(post.Target, "/" + topic, StringComparison.Ordinal)) is { } push ? Encoding.UTF8.GetString(push.Body) : null;
    }

    private static async Task<TimeSpan> FollowedAsync(View view, long saved)
    {
        var took = TimeSpan.Zero;
        await Eventually.TrueAsync(
            async () =>
            {
                // Looked at before the answer: what takes long to say it does not follow sooner.
                var isGone = await view.IsGoneAsync();
                took = Clock.GetElapsedTime(saved);
                return isGone;
            },
            () => $"{view.Name} follows",
            Bound);
        return took;
    }

    private static async Task SubscribeAsync(HttpClient client, CallbackServer reader, string topic)
    {
        using var form = new FormUrlEncodedContent(
            [new("hub.mode", "subscribe"), new("hub.topic", new Uri(client.BaseAddress!, topic).AbsoluteUri), new("hub.callback", reader.Address("/" + topic))]);
        using var answer = await client.PostAsync("/hub", form);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static string[] Settings(TestFolder folder, TestDatabase database, ScriptedSmtpServer relay, Uri address) =>
    [
        $"--urls={address}", $"--Publication:BaseUrl={address}", $"--Storage:ConnectionString={database.ConnectionString}", $"--Articles:Folder={folder["articles"]}",
        "--Feeds:Hub:AllowPrivateCallbacks=true", "--Mail:Mode=live", "--Mail:From=atelier@blog.example",
        // One connection, so that the order in which mails come is the order in which they were begun.
        "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None", "--Mail:Smtp:Connections=1", string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"),
    ];

    private static void Write(TestFolder folder, int number, string more = "") =>
        folder.Write(
            string.Create(CultureInfo.InvariantCulture, $"articles/{number:00}.md"),
            string.Create(CultureInfo.InvariantCulture, $"---\ntitle: Article {number}\nslug: article-{number}\ndate: {new DateTimeOffset(2026, 1, 1, 8, 0, 0, TimeSpan.Zero).AddDays(number):yyyy-MM-dd'T'HH:mm:ss'Z'}\ncategories: [Essais]\n{more}\n---\nDu texte.\n"));

    private static async Task<EditionListing> EditionAsync(Site site) =>
        Assert.Single(await site.Services.GetRequiredService<Editions>().ListAsync(10, default), edition => edition.Cadence is "weekly" && edition.State != EditionState.Skipped);

    private static bool Tells(AcceptedMessage mail) => Tells(Text(mail));

    private static bool Tells(string text) => text.Contains(Title, StringComparison.Ordinal) || text.Contains($"/{Wrong}<", StringComparison.Ordinal);

    private static bool IsBuried(string feed) => feed.Contains("at:deleted-entry", StringComparison.Ordinal) && feed.Contains(Reason, StringComparison.Ordinal);

    private static string Text(AcceptedMessage mail) => MimeMessage.Load(new MemoryStream(mail.Bytes.ToArray())).TextBody!;

    private sealed record View(string Name, Func<Task<bool>> IsGoneAsync);

    /// <summary>When each address's mail had come whole.</summary>
    private sealed class Arrivals
    {
        private readonly ConcurrentDictionary<string, long> at = new(StringComparer.Ordinal);

        public Task NoteAsync(string address)
        {
            at[address] = Clock.GetTimestamp();
            return Task.CompletedTask;
        }

        public long At(string address) => at[address];
    }
}
