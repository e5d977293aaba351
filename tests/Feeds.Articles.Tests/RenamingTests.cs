using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class RenamingTests
{
    private const string Day = "2026-03-01T08:00:00Z";

    [DatabaseTheory, EachDatabase]
    public async Task A_renamed_file_is_the_same_article_under_another_address(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("old.md", "Title", Day, "text", "categories: One");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.FindAsync("old", default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        newsroom.Write("new.md", "Title", Day, "text", "categories: One", "formerly: old");
        File.Delete(newsroom.Folder["old.md"]);
        var report = await newsroom.ImportAsync();

        Assert.Equal((0, 1, 0), (report.Added, report.Changed, report.Refused.Count));
        var after = await newsroom.Store.FindAsync("new", default);
        // Its address is another, and nobody needs to read it again.
        Assert.Equal((before!.Id, before.Identity, before.Sequence, before.Updated), (after!.Id, after.Identity, after.Sequence, after.Updated));
        Assert.Equal("https://atelier.example/articles/new", after.Link.AbsoluteUri);
        Assert.Null(await newsroom.Store.FindAsync("old", default));
        Assert.Equal("new", await newsroom.Store.FindRenamedAsync("old", default));
        Assert.Null(await newsroom.Store.FindRenamedAsync("new", default));
        Assert.Equal(Newsroom.Noon.AddHours(1), Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
        Assert.Equal(1, (await newsroom.ImportAsync()).Unchanged);
    }

    [DatabaseTheory, EachDatabase]
    public async Task All_slugs_of_a_list_lead_to_the_article_and_none_that_was_taken_out(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", Day, "text", "slug: c", "formerly: [b, c, a, b]");
        Assert.Empty((await newsroom.ImportAsync()).Refused);
        Assert.Equal(["c", "c", null], await LedAsync(newsroom, "a", "b", "c"), StringComparer.Ordinal);
        var before = await newsroom.Store.FindAsync("c", default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        newsroom.Write("a.md", "A", Day, "text", "slug: c", "formerly: [z, b]");
        Assert.Equal(1, (await newsroom.ImportAsync()).Changed);

        Assert.Equal([null, "c", "c"], await LedAsync(newsroom, "a", "b", "z"), StringComparer.Ordinal);
        Assert.Equal(before!.Updated, (await newsroom.Store.FindAsync("c", default))!.Updated);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_renaming_with_another_text_is_an_edit_that_readers_see(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", Day);
        await newsroom.ImportAsync();
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        newsroom.Write("a.md", "A", Day, "Another text.", "slug: b", "formerly: a");
        await newsroom.ImportAsync();
        Assert.Equal(Newsroom.Noon.AddHours(1), (await newsroom.Store.FindAsync("b", default))!.Updated);

        // And back again.
        newsroom.Write("a.md", "A", Day, "Another text.", "slug: a", "formerly: b");
        Assert.Equal(1, (await newsroom.ImportAsync()).Changed);
        Assert.Equal([null, "a"], await LedAsync(newsroom, "a", "b"), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_slug_that_another_article_has_can_not_be_a_former_one(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", Day);
        newsroom.Write("b.md", "B", Day);
        await newsroom.ImportAsync();
        newsroom.Write("b.md", "B", Day, "text", "categories: One", "formerly:", "- z", "- a");
        // New, and a.md is still there: that is another article, not an old name of this one.
        newsroom.Write("c.md", "C", Day, "text", "formerly: a");

        for (var round = 0; round < 2; round++)
        {
            var report = await newsroom.ImportAsync();
            Assert.Equal([("b.md", 7), ("c.md", 4)], report.Refused.Select(file => (file.File, file.Line)));
            Assert.All(report.Refused, file => Assert.Equal("formerly: a is the slug of another article. Take it out here.", file.Reason));
        }

        Assert.Equal("A", (await newsroom.Store.FindAsync("a", default))!.Title);
        Assert.Empty((await newsroom.Store.FindAsync("b", default))!.Categories);
        Assert.Null(await newsroom.Store.FindAsync("c", default));
        Assert.Equal([null, null], await LedAsync(newsroom, "a", "z"), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_address_that_leads_to_an_article_is_no_other_articles(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("one.md", "One", Day, "text", "formerly: old");
        await newsroom.ImportAsync();
        newsroom.Write("old.md", "Old", "2026-03-02T08:00:00Z", "text", "slug: old");
        newsroom.Write("two.md", "Two", "2026-03-02T08:00:00Z", "text", "formerly: old");

        var refused = (await newsroom.ImportAsync()).Refused;
        Assert.Equal([("old.md", 4), ("two.md", 4)], refused.Select(file => (file.File, file.Line)));
        Assert.Contains("leads to an article that was called so", refused[0].Reason, StringComparison.Ordinal);
        Assert.Contains("leads to another article already", refused[1].Reason, StringComparison.Ordinal);
        Assert.Equal("one", await newsroom.Store.FindRenamedAsync("old", default));

        // Given up there, it is free here.
        newsroom.Write("one.md", "One", Day);
        File.Delete(newsroom.Folder["two.md"]);
        Assert.Empty((await newsroom.ImportAsync()).Refused);
        Assert.Equal("Old", (await newsroom.Store.FindAsync("old", default))!.Title);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_new_article_with_an_old_name_and_day_is_another_article(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var identities = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 1; round <= 3; round++)
        {
            newsroom.Write("a.md", $"A {round}", Day);
            await newsroom.ImportAsync();
            identities.Add((await newsroom.Store.FindAsync("a", default))!.Identity);

            // It moves away, then gives the old address up.
            File.Delete(newsroom.Folder["a.md"]);
            newsroom.Write($"a{round}.md", $"A {round}", Day, "Some text.", "formerly: a");
            await newsroom.ImportAsync();
            newsroom.Write($"a{round}.md", $"A {round}", Day);
            Assert.Empty((await newsroom.ImportAsync()).Refused);
        }

        Assert.Equal(["tag:atelier.example,2026-03-01:a", "tag:atelier.example,2026-03-01:a:2", "tag:atelier.example,2026-03-01:a:3"], identities.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(3, (await newsroom.Store.LatestAsync(null, 10, default)).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_old_address_of_a_withdrawn_article_leads_to_its_new_one_and_that_of_a_draft_nowhere(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("gone.md", "Gone", Day);
        newsroom.Write("draft.md", "Draft", Day, "text", "status: draft");
        await newsroom.ImportAsync();
        newsroom.Write("gone.md", "Gone", Day, "text", "slug: gone-2", "formerly: gone", "status: removed");
        newsroom.Write("draft.md", "Draft", Day, "text", "slug: draft-2", "formerly: draft", "status: draft");
        Assert.Equal(2, (await newsroom.ImportAsync()).Changed);

        Assert.Equal(["gone-2", null], await LedAsync(newsroom, "gone", "draft"), StringComparer.Ordinal);
        Assert.NotNull(await newsroom.Store.FindWithdrawalAsync("gone-2", default));
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("gone", default));
    }

    private static async Task<IReadOnlyList<string?>> LedAsync(Newsroom newsroom, params string[] slugs)
    {
        var led = new List<string?>();
        foreach (var slug in slugs)
        {
            led.Add(await newsroom.Store.FindRenamedAsync(slug, default));
        }

        return led;
    }
}
