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

/// <summary>Every page as axe sees it, by all its rules for WCAG 2.2 A and AA and its best practices, and none wider than a phone.</summary>
public sealed partial class AccessibilityTests : IAsyncLifetime, IDisposable
{
    private const string Password = "four words make one";
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database);
        folder.Write("more/gone.md", "---\ntitle: Essai\nslug: gone\ndate: 2026-11-20T08:00:00+01:00\ncategories: [Brouillons]\n---\nDu texte.\n");
        await ImportAsync();
        folder.Write("more/gone.md", "---\ntitle: Essai\nslug: gone\ndate: 2026-11-20T08:00:00+01:00\nstatus: removed\nreason: \"Les chiffres étaient faux : nous les refaisons.\"\n---\nDu texte.\n");
        folder.Write("more/heard.md", "---\ntitle: À écouter\nslug: heard\ndate: 2026-11-18T08:00:00+01:00\ncategories: [Brouillons]\naudio: https://media.blog.example/heard.mp3\naudio_length: 1234567\naudio_duration: 12:34\n---\nUne causerie.\n");
        folder.Write("more/wide.md", $"---\ntitle: \"{string.Concat(Enumerable.Repeat("Donaudampfschiff", 6))} et le reste : {new string('x', 85)}\"\nslug: wide\ndate: 2026-11-19T08:00:00+01:00\ncategories: [{new string('W', 60)}, IA]\n---\n## {new string('y', 85)}\n\n|{string.Join('|', Enumerable.Repeat("colonne", 12))}|\n|{string.Join('|', Enumerable.Repeat("-", 12))}|\n|{string.Join('|', Enumerable.Repeat(new string('z', 30), 12))}|\n\n    {new string('c', 300)}\n\nhttps://blog.example/{new string('u', 300)} `{new string('c', 120)}`\n");
        await ImportAsync();
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_the_pages_for_readers(int width, ColorScheme scheme)
    {
        await using var browser = await Browser.OpenAsync();
        var page = await Axe.OpenAsync(browser, width, scheme);
        string[] paths =
        [
            "", "categories/tutos-pratiques", "articles/promettre-jeudi-livrer-mercredi", "articles/redirections-demenager-sans-perdre-son-courrier",
            "articles/small-dictionary-of-support-tickets", "articles/wide", "articles/heard", "subscribe", "privacy", "articles/nowhere", "articles/gone", "categories/nowhere",
        ];

        var found = new List<string>();
        foreach (var path in paths)
        {
            await page.GotoAsync($"{site.Address}{path}");
            found.AddRange(await Axe.FindAsync(page));
        }

        Assert.Equal(HttpStatusCode.Gone, (await site.Client.GetAsync("/articles/gone")).StatusCode);
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [SkippableTheory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_the_way_of_a_subscriber(int width, ColorScheme scheme)
    {
        await using var browser = await Browser.OpenAsync();
        var page = await Axe.OpenAsync(browser, width, scheme);
        var found = new List<string>();
        await page.GotoAsync($"{site.Address}subscribe");
        await page.ClickAsync("button[data-copied]");
        await Assertions.Expect(page.Locator(".copied")).Not.ToBeEmptyAsync();
        found.AddRange(await Axe.FindAsync(page));
        site.Clock.Advance(TimeSpan.FromSeconds(2));
        await page.FillAsync("input[name=email]", "lectrice@gmial.com");
        await page.ClickAsync("form.stack button.primary");
        await Assertions.Expect(page.Locator("main form")).ToHaveCountAsync(2);
        found.AddRange(await Axe.FindAsync(page));
        await page.GotoAsync($"{site.Address}subscribe");
        site.Clock.Advance(TimeSpan.FromSeconds(2));
        await page.FillAsync("input[name=email]", "nobody@nowhere@");
        await page.Locator("form.stack").EvaluateAsync("form => form.submit()");
        await Assertions.Expect(page.Locator("[role=alert]")).ToBeVisibleAsync();
        found.AddRange(await Axe.FindAsync(page));
        await page.FillAsync("input[name=email]", "lectrice@blog.example");
        await page.ClickAsync("form.stack button.primary");
        found.AddRange(await Axe.FindAsync(page));

        foreach (var button in (string[])["confirm", "unsubscribe"])
        {
            await page.GotoAsync(await LinkAsync(button));
            found.AddRange(await Axe.FindAsync(page));
            var asked = await page.Locator("main h1").InnerTextAsync();
            await page.ClickAsync("main form button");
            await Assertions.Expect(page.Locator("main h1")).Not.ToHaveTextAsync(asked);
            found.AddRange(await Axe.FindAsync(page));
            // Who asks again while subscribed is sent the link that ends it.
            site.Pass(TimeSpan.FromHours(24));
            await site.Services.GetRequiredService<Subscribers>().AskAsync(new JoinForm("lectrice@blog.example", "weekly", []), default);
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [SkippableTheory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_the_pages_of_the_admin_nor_in_a_mail(int width, ColorScheme scheme)
    {
        await using var browser = await Browser.OpenAsync();
        var page = await Axe.OpenAsync(browser, width, scheme);
        await site.Services.GetRequiredService<Editions>().MakeAsync("weekly", RunningSite.Start, default);
        var found = new List<string>();
        await page.GotoAsync($"{site.Address}admin/login");
        await page.FillAsync("input[name=password]", "wrong");
        await page.ClickAsync("button.primary");
        found.AddRange(await Axe.FindAsync(page));
        await page.GotoAsync($"{site.Address}admin/setup/{await site.NewSetupTokenAsync()}");
        found.AddRange(await Axe.FindAsync(page));
        await page.FillAsync("input[name=password]", Password);
        await page.ClickAsync("button.primary");
        found.AddRange(await Axe.FindAsync(page));
        await page.Locator("#cadence-weekly input[name=cron]").FillAsync("0 0 0 30 2 ?");
        await page.Locator("#cadence-weekly button.primary").ClickAsync();
        found.AddRange(await Axe.FindAsync(page));
        await page.GotoAsync($"{site.Address}admin/categories");
        await page.FillAsync("input[name=newName]", "IA");
        await page.ClickAsync("button.primary");
        found.AddRange(await Axe.FindAsync(page));
        await page.GotoAsync($"{site.Address}admin/mails/sample-digest.eml");
        found.AddRange(await Axe.FindAsync(page));

        // In its frame nothing may run, axe neither, so the mail is looked at by itself; it is no page with landmarks.
        await page.GotoAsync("about:blank");
        await page.SetContentAsync((await MimeMessage.LoadAsync(folder["mails/sample-digest.eml"])).HtmlBody!);
        found.AddRange(await Axe.FindAsync(page, "landmark-one-main", "region"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [SkippableTheory]
    [InlineData(320, ColorScheme.Light)]
    [InlineData(320, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_on_the_pages_of_what_was_sent(int width, ColorScheme scheme)
    {
        await using var browser = await Browser.OpenAsync();
        var page = await Axe.OpenAsync(browser, width, scheme);
        Assert.Null(await site.Services.GetRequiredService<Subscribers>().AddConfirmedAsync("lectrice@blog.example", "weekly", [], default));
        await site.Services.GetRequiredService<Database>().WriteAsync(
            connection => connection.ExecuteAsync("INSERT INTO choice (key, choice) VALUES ('whole', '{\"full\":true}'); UPDATE subscription SET choice_id = (SELECT MAX(id) FROM choice)"), default);
        await site.Services.GetRequiredService<Editions>().MakeAsync("weekly", RunningSite.Start, default);

        var found = new List<string>();
        foreach (var address in (string[])[$"{site.Address}newsletters/atelier", $"{site.Address}newsletters/atelier/weekly-2026-11-23-0700", await LinkAsync("editions")])
        {
            Assert.Equal(200, (await page.GotoAsync(address))!.Status);
            found.AddRange(await Axe.FindAsync(page));
        }

        // Whole, and their headings below their titles.
        Assert.NotEqual(0, await page.Locator(".content h3").CountAsync());
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task ImportAsync() =>
        Assert.Empty((await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["more"], default)).Refused);

    /// <summary>The link of that kind in a mail to a subscriber that is or will be written; the sample's links are nobody's.</summary>
    private async Task<string> LinkAsync(string kind)
    {
        string? link = null;
        await site.StepUntilAsync(
            async () =>
            {
                foreach (var file in Directory.GetFiles(folder["mails"], "*.eml").Where(file => !file.EndsWith("sample-digest.eml", StringComparison.Ordinal)))
                {
                    link ??= Links().Matches((await MimeMessage.LoadAsync(file)).TextBody!).Select(match => match.Value).FirstOrDefault(found => found.Contains($"/{kind}/", StringComparison.Ordinal));
                }

                return link is not null;
            },
            $"a mail with a link to {kind}");
        return link!;
    }

    [GeneratedRegex(@"http://\S+/(confirm|unsubscribe|editions)/\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
