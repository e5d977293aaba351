using System.Net;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>What a person does, from the first page to the last mail, with a real browser and a real SMTP conversation.</summary>
public sealed partial class WholeRoadTests
{
    private const string Leaver = "lectrice@blog.example";
    private const string Stayer = "lecteur@blog.example";

    [DatabaseTheory, EachDatabase, Attack(29)]
    public async Task A_person_signs_up_confirms_gets_the_edition_of_the_slot_an_admin_chose_and_leaves_before_the_next(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var relay = ScriptedSmtpServer.Start();
        await using var site = await RunningSite.StartAsync(
            folder, database, "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None", $"--Mail:Smtp:Port={relay.Port}");
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;

        // The admin moves the weekly digest to 09:30 every day; the running worker follows.
        await page.GotoAsync($"{site.Address}admin/setup/{await site.NewSetupTokenAsync()}");
        await page.FillAsync("input[name=password]", "four words make one");
        await page.ClickAsync("button.primary");
        var weekly = page.Locator("#cadence-weekly");
        await weekly.Locator("select[name=frequency]").SelectOptionAsync("daily");
        await weekly.Locator("input[name=time]").FillAsync("09:30");
        await weekly.Locator("button.primary").ClickAsync();
        Assert.Contains("09:30", await weekly.Locator(".sentence").InnerTextAsync(), StringComparison.Ordinal);

        // Two people sign up for one category; nothing is sent to them but the question.
        foreach (var person in new[] { Leaver, Stayer })
        {
            await page.GotoAsync($"{site.Address}subscribe");
            await page.FillAsync("input[name=email]", person);
            await page.CheckAsync("input[name=cadence][value=weekly]");
            await page.CheckAsync("input[name=categories][value=referencement-seo]");
            site.Clock.Advance(TimeSpan.FromSeconds(2));
            await page.ClickAsync("form.stack button.primary");
            await site.StepUntilAsync(() => Task.FromResult(relay.Ledger.Recipients.Contains(person, StringComparer.Ordinal)), $"a confirmation mail for {person}");
            var question = Mail(relay, person);
            var link = ConfirmLink().Match(question.TextBody!).Value;
            Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync(link)).StatusCode);
            Assert.Empty(await ConfirmedAsync(site, person));
            await page.GotoAsync(link);
            await page.ClickAsync("button.primary");
            Assert.Single(await ConfirmedAsync(site, person));
        }

        // The slot comes: one mail each, about what they chose.
        site.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 23, 8, 29, 58, TimeSpan.Zero));
        await site.StepUntilAsync(() => Task.FromResult(relay.Ledger.Messages.Count == 4), "two editions in the relay's ledger");
        var digest = Mail(relay, Leaver);
        Assert.Equal("List-Unsubscribe=One-Click", digest.Headers["List-Unsubscribe-Post"]);
        Assert.Contains("text/html", digest.BodyParts.Select(part => part.ContentType.MimeType), StringComparer.Ordinal);
        Assert.Contains("Référencement (SEO)", digest.TextBody, StringComparison.Ordinal);

        // One of them leaves by the header; what mail scanners do before changes nothing.
        var leave = digest.Headers["List-Unsubscribe"]!.Trim('<', '>');
        using (var probe = new HttpRequestMessage(HttpMethod.Head, leave))
        {
            await site.Client.SendAsync(probe);
        }

        await site.Client.GetAsync(leave);
        Assert.Single(await ConfirmedAsync(site, Leaver));
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.PostAsync(leave, oneClick)).StatusCode);
        Assert.Empty(await ConfirmedAsync(site, Leaver));

        // The next edition goes to the other alone.
        folder.Write("new/suite.md", "---\ntitle: La suite\ndate: 2026-11-23T12:00:00+01:00\ncategories: [Référencement (SEO)]\n---\nEncore une idée.\n");
        site.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 24, 8, 29, 58, TimeSpan.Zero));
        await site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["new"], default);
        await site.StepUntilAsync(() => Task.FromResult(relay.Ledger.Messages.Count >= 5), "the second edition in the relay's ledger");
        await site.StepUntilAsync(async () => (await EditionsAsync(site)).Count(edition => edition.State == EditionState.Done) == 2, "two editions done");
        Assert.Equal((2, 3), (relay.Ledger.Recipients.Count(to => to is Leaver), relay.Ledger.Recipients.Count(to => to is Stayer)));
        Assert.Contains("La suite", Mail(relay, Stayer).TextBody, StringComparison.Ordinal);
        Assert.Equal([1, 2], (await EditionsAsync(site)).Select(edition => edition.Counts.Accepted).Order());
    }

    private static MimeMessage Mail(ScriptedSmtpServer relay, string person) =>
        MimeMessage.Load(new MemoryStream(relay.Ledger.Messages.Last(message => string.Equals(message.To, person, StringComparison.Ordinal)).Bytes.ToArray()));

    private static async Task<IReadOnlyList<SubscriptionListing>> ConfirmedAsync(RunningSite site, string person) =>
        [.. (await site.Services.GetRequiredService<Subscribers>().ListAsync(default)).Where(one => string.Equals(one.Email, person, StringComparison.Ordinal) && one.State == SubscriptionState.Confirmed)];

    private static async Task<IReadOnlyList<EditionListing>> EditionsAsync(RunningSite site) =>
        [.. (await site.Services.GetRequiredService<Editions>().ListAsync(10, default)).Where(edition => edition.Cadence is "weekly")];

    [GeneratedRegex(@"http://\S+/confirm/\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConfirmLink();
}
