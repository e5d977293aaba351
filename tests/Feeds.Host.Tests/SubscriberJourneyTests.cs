using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>All that a person does with a newsletter, in a browser, with scripts and without, on a phone and at a desk.</summary>
public sealed partial class SubscriberJourneyTests : IDisposable
{
    private const string Reader = "lectrice@blog.example";
    private const string Elsewhere = "ailleurs@blog.example";
    private readonly TestFolder folder = new();
    private RunningSite site = null!;
    private IPage page = null!;
    private bool runsScripts;

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData("fr", 320, ColorScheme.Dark, true)]
    [InlineData("en", 1280, ColorScheme.Light, true)]
    [InlineData("fr", 1280, ColorScheme.Light, false)]
    [InlineData("en", 320, ColorScheme.Dark, false)]
    public async Task A_reader_joins_changes_everything_pauses_leaves_takes_it_back_moves_and_is_forgotten_and_axe_finds_nothing(string language, int width, ColorScheme scheme, bool scripts)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var running = site = await RunningSite.StartAsync(
            folder, database, $"--Publication:Language={language}", "--Newsletter:Newsletters:1:Name=emploi", "--Newsletter:Newsletters:1:Title=Emplois",
            "--Newsletter:Cadences:2:Name=emploi", "--Newsletter:Cadences:2:Newsletter=emploi", "--Newsletter:Cadences:2:Title=Emplois", "--Newsletter:Cadences:2:Cron=0 0 9 * * ?");
        await using var browser = await Browser.OpenAsync();
        runsScripts = scripts;
        page = scripts ? await Axe.OpenAsync(browser, width, scheme) : await browser.OpenWindowAsync(width, scheme, runsScripts: false);

        // Joins and confirms.
        await page.GotoAsync($"{site.Address}subscribe");
        site.Clock.Advance(TimeSpan.FromSeconds(2));
        await page.FillAsync("input[name=email]", Reader);
        await page.CheckAsync("input[name=cadence][value=weekly]");
        await PressAsync("form.stack button.primary");
        await page.GotoAsync(await LinkAsync("confirm", Reader));
        Assert.Empty(await ListAsync(SubscriptionState.Confirmed));
        await PressAsync("main form button");
        Assert.Equal([Reader], await ListAsync(SubscriptionState.Confirmed), StringComparer.Ordinal);

        // Changes everything by the link of the first edition.
        await PublishAsync("Une nouvelle", "weekly");
        await page.GotoAsync(await LinkAsync("preferences", Reader));
        var token = page.Url.Split('/')[^1];
        await page.CheckAsync("input[name=cadence][value=daily]");
        await page.SelectOptionAsync("select[name=hour]", "19");
        await page.SelectOptionAsync("select[name=zone]", "America/Toronto");
        await page.CheckAsync("input[name=topics][value=some]");
        await page.CheckAsync("input[name=categories] >> nth=1");
        await page.CheckAsync("input[name=without] >> nth=0");
        await page.CheckAsync("input[name=text][value=full]");
        await page.CheckAsync("input[name=layout]");
        await page.SelectOptionAsync("select[name=language]", "en");
        await PressAsync("form[action='?handler=Settings'] button.primary");
        var settings = (await HeldAsync(token)).Settings;
        Assert.Equal(("daily", new SendTime("America/Toronto", 19), "en", true, true), (settings.Cadence, settings.Time, settings.Language, settings.FullText, settings.PlainText));
        Assert.Equal((1, 1), (settings.Categories.Count, settings.WithoutAuthors.Count));
        await Assertions.Expect(page.Locator("ol.runs li")).ToHaveCountAsync(3);
        Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));

        // Pauses and goes on.
        await page.FillAsync("input[name=until]", "2026-12-24");
        await PressAsync("form[action='?handler=Pause']:has(input[name=until]) button");
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 5, 0, 0, TimeSpan.Zero), (await HeldAsync(token)).PausedUntil);
        await PressAsync("form[action='?handler=Pause']:not(:has(input[name=until])) button");
        Assert.Null((await HeldAsync(token)).PausedUntil);

        // Weekly instead, joins another, leaves it, says why and takes it back.
        await PressAsync("section.cadence form[action='?handler=Cadence'] button");
        Assert.Equal("weekly", (await HeldAsync(token)).Settings.Cadence);
        await PressAsync("section.others form button");
        Assert.Equal(2, (await ListAsync(SubscriptionState.Confirmed)).Count);
        await PressAsync("#newsletter-emploi form[action='?handler=Leave'] button");
        await PressAsync("form.why button[value=TooOften]");
        Assert.Equal(new LeavingCount("emploi", LeavingReason.TooOften, 1), Assert.Single(await site.Services.GetRequiredService<Subscribers>().ReasonsAsync(default, default)));
        await PressAsync("section.ended form[action='?handler=Return'] button");
        Assert.Empty(await ListAsync(SubscriptionState.Left));

        // Leaves by the link of the mail, and undoes that.
        await page.GotoAsync(await LinkAsync("unsubscribe", Reader));
        await PressAsync("main form button");
        Assert.Equal([Reader], await ListAsync(SubscriptionState.Left), StringComparer.Ordinal);
        await PressAsync("form[action='?handler=Return'] button");
        Assert.Empty(await ListAsync(SubscriptionState.Left));

        // Moves to another address.
        await page.GotoAsync($"{site.Address}preferences/{token}");
        await page.FillAsync("input[name=email]", Elsewhere);
        await PressAsync("form[action='?handler=Address'] button");
        await page.GotoAsync(await LinkAsync("address", Elsewhere));
        await PressAsync("main form button");
        Assert.Equal([Elsewhere, Elsewhere], await ListAsync(SubscriptionState.Confirmed), StringComparer.Ordinal);
        Assert.Equal(404, (await page.GotoAsync($"{site.Address}preferences/{token}"))!.Status);

        // Sees what is kept, takes it along, and is forgotten.
        await PublishAsync("Une autre", "emploi");
        await page.GotoAsync(await LinkAsync("preferences", Elsewhere));
        await PressAsync("section.person a[href$='/data']");
        foreach (var (handler, holds) in ((string, string)[])[("Json", "\"consent\""), ("Csv", "record,address")])
        {
            var file = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync($"a[href='?handler={handler}']"));
            Assert.Contains(holds, await File.ReadAllTextAsync(await file.PathAsync()), StringComparison.Ordinal);
        }

        await page.CheckAsync("input[name=sure]");
        await PressAsync("form[action='?handler=Erase'] button");
        Assert.Empty(await site.Services.GetRequiredService<Subscribers>().ListAsync(default));
    }

    /// <summary>Looks at the page, presses, and looks at what comes.</summary>
    private async Task PressAsync(string locator)
    {
        await LookAsync();
        var button = page.Locator(locator).First;
        await page.RunAndWaitForResponseAsync(() => button.ClickAsync(), response => response.Request.IsNavigationRequest && response.Status is < 300 or >= 400);
        var refused = page.Locator("[role=alert]");
        Assert.True(await refused.CountAsync() == 0, $"{page.Url}: {string.Join(' ', await refused.AllInnerTextsAsync())}");
        await page.WaitForLoadStateAsync(LoadState.Load);
        await LookAsync();
    }

    private async Task LookAsync()
    {
        if (runsScripts)
        {
            var found = await Axe.FindAsync(page);
            Assert.True(found.Count == 0, string.Join('\n', found));
        }
    }

    private async Task PublishAsync(string title, string cadence)
    {
        folder.Write($"more/{cadence}.md", $"---\ntitle: \"{title}\"\nslug: for-{cadence}\ndate: 2026-11-22T08:00:00+01:00\nauthor: Somebody\n---\nDu texte.\n");
        Assert.Empty((await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["more"], default)).Refused);
        Assert.NotNull((await site.Services.GetRequiredService<Editions>().MakeAsync(cadence, site.Clock.GetUtcNow(), default))!.MailingKey);
    }

    private async Task<HeldSubscription> HeldAsync(string token) =>
        (await site.Services.GetRequiredService<Preferences>().FindAsync(token, default))!.Subscriptions.Single(held => held.Newsletter.Name is "atelier");

    private async Task<IReadOnlyList<string>> ListAsync(SubscriptionState state) =>
        [.. (await site.Services.GetRequiredService<Subscribers>().ListAsync(default)).Where(one => one.State == state).Select(one => one.Email)];

    /// <summary>The link of that kind in a mail to that address that is or will be written.</summary>
    private async Task<string> LinkAsync(string kind, string address)
    {
        string? link = null;
        await site.StepUntilAsync(
            async () =>
            {
                foreach (var file in Directory.GetFiles(folder["mails"], "*.eml"))
                {
                    using var mail = await MimeMessage.LoadAsync(file);
                    if (mail.To.ToString().Contains(address, StringComparison.Ordinal))
                    {
                        link ??= Links().Matches(mail.TextBody!).Select(match => match.Value).FirstOrDefault(found => found.Contains($"/{kind}/", StringComparison.Ordinal));
                    }
                }

                return link is not null;
            },
            string.Create(CultureInfo.InvariantCulture, $"a mail to {address} with a link to {kind}"));
        return link!;
    }

    [GeneratedRegex(@"http://\S+", RegexOptions.None, 1000)]
    private static partial Regex Links();
}
