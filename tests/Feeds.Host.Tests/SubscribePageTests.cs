using System.Text.RegularExpressions;
using Feeds.Storage;
using Microsoft.Playwright;

namespace Feeds.Host.Tests;

/// <summary>How a person takes a feed away from <c>/subscribe</c>.</summary>
public sealed class SubscribePageTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database);
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public async Task A_button_copies_the_address_of_its_feed_and_says_so()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.OpenWindowAsync(1280);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var said = new List<string>();
        page.Console += (_, message) => said.Add(message.Text);
        await page.GotoAsync($"{site.Address}subscribe");

        await page.GetByRole(AriaRole.Button, new() { Name = "Copier l’adresse de «\u00A0IA\u00A0»", Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("L’adresse de «\u00A0IA\u00A0» est copiée.");
        Assert.Equal($"{site.Address}categories/ia/feed.atom", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Empty(said);
    }

    [SkippableFact]
    public async Task Where_the_clipboard_is_not_to_be_had_the_button_marks_the_address()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.OpenWindowAsync(1280);
        await page.AddInitScriptAsync("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
        await page.GotoAsync($"{site.Address}subscribe");

        await page.Locator("button[data-copied]").First.ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("sélectionnée");
        Assert.Equal($"{site.Address}feed.atom", await page.EvaluateAsync<string>("String(getSelection())"));
    }

    [SkippableFact]
    public async Task Without_scripts_there_is_no_button_and_one_click_marks_an_address()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.OpenWindowAsync(1280, runsScripts: false);
        await page.GotoAsync($"{site.Address}subscribe");

        var addresses = page.Locator("code.address");
        Assert.Equal(10, await addresses.CountAsync());
        await Assertions.Expect(page.Locator("button[data-copied]").First).ToBeHiddenAsync();
        await Assertions.Expect(addresses.Nth(1)).ToHaveCSSAsync("user-select", "all");
        await Assertions.Expect(addresses.Nth(1)).ToHaveTextAsync(new Regex("^http://.*/categories/e-commerce/feed\\.atom$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [SkippableFact]
    public async Task Each_feed_stands_there_with_its_formats_and_latest_titles_below_two_sentences_that_say_what_a_feed_is()
    {
        await using var browser = await Browser.OpenAsync();
        var page = await browser.OpenWindowAsync(360);
        await page.GotoAsync($"{site.Address}subscribe");

        var feeds = page.GetByRole(AriaRole.Region, new() { Name = "Par lecteur de flux" });
        Assert.Equal(2, Regex.Count(await feeds.Locator("p").First.InnerTextAsync(), "[.!?]( |$)", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var choice = feeds.Locator("li", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Tutos pratiques" }) });
        Assert.Equal(["Atom", "RSS", "JSON"], await choice.Locator(".formats a").AllInnerTextsAsync(), StringComparer.Ordinal);
        Assert.Equal(2, await choice.Locator(".latest a").CountAsync());
        await Assertions.Expect(feeds.Locator($"a[href='{site.Address}feeds.opml']")).ToBeVisibleAsync();
    }
}
