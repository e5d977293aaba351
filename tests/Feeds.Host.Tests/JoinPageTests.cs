using System.Globalization;
using System.Net;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Feeds.Host.Tests;

/// <summary>What an honest person meets at the form.</summary>
public sealed class JoinPageTests
{
    [SkippableFact]
    public async Task While_mail_is_short_the_page_works_unseen_and_its_reader_is_served_before_those_whose_page_could_not()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite, "--Newsletter:Join:MailsPerHour=8");
        await using var browser = await Browser.OpenAsync();
        foreach (var number in Enumerable.Range(0, 8))
        {
            await stand.AskAsync($"a@d{number}.example", network: number);
        }

        // Without scripts it is taken and waits: half of the budget is for forms that did no work.
        var plain = await browser.OpenWindowAsync(1280, runsScripts: false);
        foreach (var name in (string[])["p1", "p2", "p3"])
        {
            await JoinAsync(stand, plain, $"{name}@blog.example");
        }

        var quick = await browser.OpenWindowAsync(1280);
        var said = new List<string>();
        quick.Console += (_, message) => said.Add(message.Text);
        await JoinAsync(stand, quick, "ines@bücher.example");
        await stand.WaitForMailAsync("ines@xn--bcher-kva.example");

        Assert.Empty(said);
        Assert.Contains("p2@blog.example", stand.Recipients, StringComparer.Ordinal);
        Assert.DoesNotContain("p3@blog.example", stand.Recipients, StringComparer.Ordinal);
        stand.Site.Pass(TimeSpan.FromHours(1));
        await stand.WaitForMailAsync("p3@blog.example");
    }

    [SkippableTheory]
    [InlineData("Oui, écrivez à lectrice@gmail.com", "lectrice@gmail.com")]
    [InlineData("Non, lectrice@gmial.com est juste", "lectrice@gmial.com")]
    public async Task A_slip_in_the_domain_is_asked_about_with_a_button_for_each_answer(string button, string address)
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await FillAsync(stand, page, "lectrice@gmial.com");
        await page.ClickAsync("form.stack button.primary");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("L’adresse est-elle juste\u202F?");
        Assert.Empty(stand.Recipients);

        // At once: the form is as old as it was.
        await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Plus qu’une étape");
        await stand.WaitForMailAsync(address);
        Assert.Equal([address], stand.Recipients, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_form_sent_too_quickly_or_too_late_comes_back_with_what_was_typed_and_can_be_sent_then()
    {
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite);
        var token = await stand.OpenFormAsync(network: 1);

        var quick = await stand.AskAsync("lectrice@blog.example", network: 1, token: token);
        stand.Site.Pass(TimeSpan.FromDays(2));
        var late = await stand.AskAsync("lectrice@blog.example", network: 1, token: token);
        var forged = await stand.AskAsync("lectrice@blog.example", network: 1, token: new string('A', token.Length));

        Assert.All([quick, late, forged], answer =>
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
            Assert.Contains("value=\"lectrice@blog.example\"", answer.Page, StringComparison.Ordinal);
            Assert.Contains("role=\"alert\"", answer.Page, StringComparison.Ordinal);
        });
        var fresh = await stand.OpenFormAsync(network: 1);
        stand.Site.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await stand.AskAsync("lectrice@blog.example", network: 1, token: fresh)).Status);
        Assert.NotEqual(token, fresh, StringComparer.Ordinal);
    }

    [SkippableFact]
    public async Task The_form_that_the_admin_copies_works_in_a_page_of_a_named_site_and_of_no_other()
    {
        var (named, other) = (Address(), Address());
        await using var stand = await Stand.OpenAsync(DatabaseProvider.Sqlite, $"--Newsletter:Join:AllowedOrigins:0={named}");
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync($"{stand.Site.Address}admin/setup/{await stand.Site.NewSetupTokenAsync()}");
        await page.FillAsync("input[name=password]", "a long password");
        await page.ClickAsync("button.primary");
        await page.GotoAsync($"{stand.Site.Address}admin");
        var form = await page.Locator("#form code").InnerTextAsync();
        Assert.DoesNotContain("script", form, StringComparison.OrdinalIgnoreCase);

        foreach (var (site, heading) in new[] { (other, null), (named, "Plus qu’une étape") })
        {
            await page.RouteAsync($"{site}/**", route => route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = $"<!doctype html><title>x</title>{form}" }));
            await page.GotoAsync($"{site}/page");
            await page.FillAsync("input[name=email]", "lectrice@blog.example");
            await page.SelectOptionAsync("select[name=cadence]", "weekly");
            await page.ClickAsync("button");
            await Assertions.Expect(page).ToHaveURLAsync($"{stand.Site.Address}subscribe");
            if (heading is null)
            {
                await Assertions.Expect(page.Locator("body")).ToContainTextAsync("sent from another site");
            }
            else
            {
                await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(heading);
            }
        }

        await stand.WaitForMailAsync("lectrice@blog.example");
        Assert.Single(stand.Recipients);
    }

    private static string Address() => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}");

    private static async Task JoinAsync(Stand stand, IPage page, string email)
    {
        await FillAsync(stand, page, email);
        await page.ClickAsync("form.stack button.primary");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Plus qu’une étape");
    }

    private static async Task FillAsync(Stand stand, IPage page, string email)
    {
        await page.GotoAsync($"{stand.Site.Address}subscribe");
        await page.FillAsync("form.stack input[name=email]", email);
        await page.CheckAsync("input[name=cadence][value=weekly]");
        stand.Site.Clock.Advance(TimeSpan.FromSeconds(2));
    }
}
