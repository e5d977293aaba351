using System.Net;
using Feeds.Articles;
using Feeds.Host.Pages;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>A category gets another name while the whole program runs.</summary>
public sealed class RenamedCategoryPageTests
{
    private const string Person = "lectrice@blog.example";

    [DatabaseTheory, EachDatabase]
    public async Task Readers_pages_and_subscribers_follow_a_category_that_a_command_renames(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        Write(folder, 36, "SEO, Prix");
        await using var site = await StartAsync(folder, database);
        Assert.Null(await site.Services.GetRequiredService<Subscribers>().AddConfirmedAsync(Person, "weekly", ["seo"], default));
        var before = await site.Client.GetStringAsync("/categories/seo/feed.atom");

        var (exitCode, output, errors) = await ProgramProcess.RunAsync(
            folder.Path, "category", "rename", "SEO", "Référencement", "--Storage:ConnectionString", database.ConnectionString, "--Publication:BaseUrl", site.Address.AbsoluteUri);
        Assert.True(exitCode == 0, errors);
        Assert.Equal($"Référencement: {site.Address}categories/referencement; its old addresses lead there\n", output);

        string[] paths = ["", "/feed.rss", "/feed.atom", "/feed.json", "/archive/1/feed.rss", "/archive/1/feed.atom", "/archive/1/feed.json"];
        await site.StepUntilAsync(async () => (await site.Client.GetAsync("/categories/seo/feed.atom")).StatusCode == HttpStatusCode.PermanentRedirect, "the feeds follow");
        foreach (var path in paths)
        {
            var moved = await site.Client.GetAsync($"/categories/seo{path}");
            Assert.Equal((HttpStatusCode.PermanentRedirect, $"{site.Address}categories/referencement{path}"), (moved.StatusCode, moved.Headers.Location!.OriginalString));
            Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync(moved.Headers.Location)).StatusCode);
        }

        Assert.Equal($"{site.Address}feed.atom?categories=prix,referencement", (await site.Client.GetAsync("/feed.atom?categories=prix,seo")).Headers.Location!.OriginalString);
        Assert.Equal($"{site.Address}categories/referencement?from=mail", (await site.Client.GetAsync("/categories/seo?from=mail")).Headers.Location!.OriginalString);
        var after = await site.Client.GetStringAsync("/categories/referencement/feed.atom");
        Assert.Equal(before[before.IndexOf("<id>", StringComparison.Ordinal)..before.IndexOf("</id>", StringComparison.Ordinal)], after[after.IndexOf("<id>", StringComparison.Ordinal)..after.IndexOf("</id>", StringComparison.Ordinal)]);
        Assert.Contains(">Référencement</a>", await site.Client.GetStringAsync("/articles/a-36"), StringComparison.Ordinal);

        var listed = await ProgramProcess.RunAsync(folder.Path, "subscriber", "list", "--Storage:ConnectionString", database.ConnectionString);
        Assert.Contains($"{Person}  weekly   confirmed  referencement", listed.Output, StringComparison.Ordinal);

        // A file with the old name comes into it, and who chose it gets it.
        Write(folder, 37, "SEO");
        await site.StepUntilAsync(async () => (await site.Client.GetStringAsync("/categories/referencement/feed.json")).Contains("a-37", StringComparison.Ordinal), "the article is there");
        Assert.Equal(2, (await site.Services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Count);
        var edition = await site.Services.GetRequiredService<Editions>().MakeAsync("weekly", RunningSite.Start, default);
        Assert.Equal(1, edition!.Edition.Counts.Total);
    }

    [SkippableFact]
    public async Task An_admin_renames_a_category_in_a_browser_and_is_told_why_where_that_can_not_be()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        Write(folder, 2, "SEO, Prix");
        await using var site = await StartAsync(folder, database);
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync($"{site.Address}admin/setup/{await site.NewSetupTokenAsync()}");
        await page.FillAsync("input[name=password]", "four words make one");
        await page.ClickAsync("button.primary");

        await page.ClickAsync("nav.admin a[href='/admin/categories']");
        await page.SelectOptionAsync("select[name=name]", "SEO");
        await page.FillAsync("input[name=newName]", "Prix");
        await page.ClickAsync("button.primary");
        Assert.Equal("«\u00A0Prix\u00A0» est une autre rubrique, et deux rubriques ne peuvent pas n’en faire qu’une. Choisissez un nom libre.", await page.Locator("[role=alert]").InnerTextAsync());
        Assert.Equal(("SEO", "Prix"), (await page.InputValueAsync("select[name=name]"), await page.InputValueAsync("input[name=newName]")));

        await page.FillAsync("input[name=newName]", "Référencement");
        await page.ClickAsync("button.primary");
        Assert.Contains("«\u00A0Référencement\u00A0»", await page.Locator("[role=status]").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(["Prix", "Référencement"], await page.Locator("tbody th").AllInnerTextsAsync(), StringComparer.Ordinal);
        Assert.Equal("SEO", await page.Locator("tbody tr:nth-child(2) td:last-child").InnerTextAsync());
    }

    [Fact]
    public async Task The_list_of_categories_names_what_they_were_called()
    {
        using var folder = new TestFolder();
        Write(folder, 1, "SEO, Prix");
        string[] store = ["--Storage:ConnectionString", $"Data Source={folder["feeds.db"]}"];
        await ProgramProcess.RunAsync(folder.Path, ["import", folder["articles"], .. store]);
        await ProgramProcess.RunAsync(folder.Path, ["category", "rename", "SEO", "Référencement", .. store]);

        var refused = await ProgramProcess.RunAsync(folder.Path, ["category", "rename", "Prix", "SEO", .. store]);
        var listed = await ProgramProcess.RunAsync(folder.Path, ["category", "list", .. store]);
        var json = await ProgramProcess.RunAsync(folder.Path, ["category", "list", "--json", .. store]);

        Assert.Equal((1, 0, 0), (refused.ExitCode, listed.ExitCode, json.ExitCode));
        Assert.Contains("“SEO” is what another category was called", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("NAME           SLUG           ARTICLES  FORMERLY\nPrix           prix           1\nRéférencement  referencement  1         SEO\n", listed.Output);
        Assert.Contains("\"formerly\": [", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_category_that_has_ended_is_gone_as_a_page_and_says_so()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        Write(folder, 1, "SEO");
        await using var site = await StartAsync(folder, database);
        Write(folder, 1, "Prix");

        await site.StepUntilAsync(async () => (await site.Client.GetAsync("/categories/seo")).StatusCode == HttpStatusCode.Gone, "the page is gone");

        var page = await (await site.Client.GetAsync("/categories/seo")).Content.ReadAsStringAsync();
        Assert.Contains("Cette rubrique a pris fin", page, StringComparison.Ordinal);
        Assert.DoesNotContain("article a été retiré", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_refusal_is_there_in_French()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var view = site.Services.GetRequiredService<SiteView>();

        Assert.DoesNotContain(CategoryRenaming.Sentences, sentence => string.Equals(view[sentence], sentence, StringComparison.Ordinal));
    }

    private static async Task<RunningSite> StartAsync(TestFolder folder, TestDatabase database)
    {
        var site = await RunningSite.StartAsync(folder, database, $"--Articles:Folder={folder["articles"]}");
        await site.StepUntilAsync(async () => (await site.Client.GetAsync("/articles/a-1")).StatusCode == HttpStatusCode.OK, "the articles are there");
        return site;
    }

    private static void Write(TestFolder folder, int upTo, string categories)
    {
        for (var number = 1; number <= upTo; number++)
        {
            if (upTo == 1 || !File.Exists(folder[$"articles/a-{number}.md"]))
            {
                folder.Write($"articles/a-{number}.md", $"---\ntitle: \"Essai {number}\"\nslug: a-{number}\ndate: 2026-11-20T08:00:00+01:00\ncategories: [{categories}]\n---\nDu texte.\n");
            }
        }
    }
}
