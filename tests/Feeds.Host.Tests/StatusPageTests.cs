using System.Net;
using Feeds.Storage;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>What people read where there is no page for them.</summary>
public sealed class StatusPageTests
{
    [Fact]
    public async Task The_page_and_the_feeds_of_a_category_that_ended_say_so_and_speak_of_no_article()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        Write(folder, "Essais");
        await using var site = await RunningSite.StartAsync(folder, database, $"--Articles:Folder={folder["articles"]}");
        await site.StepUntilAsync(async () => (await site.Client.GetAsync("/categories/essais")).StatusCode == HttpStatusCode.OK, "the category is there");
        Write(folder, "Ailleurs");
        await site.StepUntilAsync(async () => (await site.Client.GetAsync("/categories/essais/feed.atom")).StatusCode == HttpStatusCode.Gone, "the category has ended");

        foreach (var path in (string[])["/categories/essais", "/categories/essais/feed.atom", "/categories/essais/feed.json"])
        {
            using var answer = await site.Client.GetAsync(path);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
            Assert.Contains("Cette rubrique a pris fin", page, StringComparison.Ordinal);
            Assert.DoesNotContain("Cet article a été retiré", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_that_can_t_be_taken_is_not_called_our_mistake()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);

        foreach (var path in (string[])["/feed.atom", "/sitemap.xml", "/media/none"])
        {
            using var form = new FormUrlEncodedContent([new("a", "b")]);
            using var answer = await site.Client.PostAsync(path, form);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Contains("Cela ne peut pas se faire à cette adresse", page, StringComparison.Ordinal);
            Assert.DoesNotContain("L’erreur vient de nous", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_link_at_the_end_of_the_sample_digest_says_that_it_is_a_sample_s()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var site = await RunningSite.StartAsync(folder, database);
        var link = (await MimeMessage.LoadAsync(folder["mails/sample-digest.eml"])).Headers["List-Unsubscribe"]!.Trim('<', '>');

        using var asked = await site.Client.GetAsync(link);
        var page = await asked.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("Ce lien est celui d’un exemple", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form method=\"post\"", page, StringComparison.Ordinal);
        Assert.True(asked.Headers.CacheControl!.NoStore);
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.PostAsync(link, oneClick)).StatusCode);

        // A letter more or less, and it is a link that never was.
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync(link[..^1])).StatusCode);
    }

    private static void Write(TestFolder folder, string category) =>
        folder.Write("articles/a.md", $"---\ntitle: Essai\ndate: 2026-11-20T08:00:00+01:00\ncategories: [{category}]\n---\nUn texte.\n");
}
