using System.Net;
using Feeds.Storage;

namespace Feeds.Host.Tests;

/// <summary>What the addresses of withdrawn articles answer, over real sockets.</summary>
public sealed class WithdrawalPageTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RunningSite site = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        Directory.CreateDirectory(folder["articles"]);
        Write("old", "text");
        site = await RunningSite.StartAsync(folder, database, $"--Articles:Folder={folder["articles"]}");
        await ReachAsync("/articles/old", HttpStatusCode.OK);
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_withdrawn_article_answers_410_with_its_reason_and_returns_when_it_is_put_back()
    {
        Write("old", "secret text", "status: removed", "reason: \"Les chiffres <2025> étaient faux.\"");
        var gone = await ReachAsync("/articles/old", HttpStatusCode.Gone);

        var page = await gone.Content.ReadAsStringAsync();
        Assert.Contains("<p class=\"reason\" lang=\"fr\">Les chiffres &lt;2025&gt; étaient faux.</p>", page, StringComparison.Ordinal);
        Assert.Contains("Cet article a été retiré", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
        Assert.True(gone.Headers.CacheControl!.NoStore);
        var feed = await site.Client.GetStringAsync("/categories/essais/feed.atom");
        Assert.Contains("at:deleted-entry", feed, StringComparison.Ordinal);
        Assert.DoesNotContain("<entry", feed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync("/categories/essais")).StatusCode);

        Write("old", "text");
        await ReachAsync("/articles/old", HttpStatusCode.OK);
        await site.StepUntilAsync(
            async () => !(await site.Client.GetStringAsync("/categories/essais/feed.atom")).Contains("at:deleted-entry", StringComparison.Ordinal),
            "the tombstone goes when the article is back");
    }

    [Fact]
    public async Task The_old_address_of_a_renamed_article_leads_to_the_new_one_for_good()
    {
        folder.Write("articles/old.md", "---\ntitle: Essai\ndate: 2026-11-20T08:00:00+01:00\nslug: new\nformerly: old\n---\ntext\n");
        var moved = await ReachAsync("/articles/old", HttpStatusCode.PermanentRedirect);

        Assert.Equal($"{site.Address}articles/new", moved.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync("/articles/new")).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Head, "/articles/old?from=mail&x=%2f%0d%0a");
        request.Headers.Host = "evil.example";
        var head = await site.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PermanentRedirect, head.StatusCode);
        Assert.Equal($"{site.Address}articles/new?from=mail&x=%2f%0d%0a", head.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_page_that_never_was_says_nothing_of_withdrawals()
    {
        var missing = await site.Client.GetAsync("/articles/never");

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.DoesNotContain("class=\"reason\"", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private void Write(string slug, string body, params string[] lines) =>
        folder.Write($"articles/{slug}.md", $"---\ntitle: Essai\ndate: 2026-11-20T08:00:00+01:00\ncategories: [Essais]\n{string.Concat(lines.Select(line => line + "\n"))}---\n{body}\n");

    private async Task<HttpResponseMessage> ReachAsync(string path, HttpStatusCode status)
    {
        HttpResponseMessage? answer = null;
        await site.StepUntilAsync(
            async () =>
            {
                answer = await site.Client.GetAsync(path);
                return answer.StatusCode == status;
            },
            $"{path} answers {(int)status}");
        return answer!;
    }
}
