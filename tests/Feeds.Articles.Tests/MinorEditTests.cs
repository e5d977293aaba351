using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class MinorEditTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_minor_edit_changes_the_text_and_not_the_time_of_change(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var first = await newsroom.ReadAsync("Teh text.", "categories: One");
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        var mended = await newsroom.ReadAsync("The text.", "categories: One", "minor: true");

        Assert.Contains("The text.", mended.Html, StringComparison.Ordinal);
        Assert.Equal(first.Updated, mended.Updated);
        Assert.Equal(Newsroom.Noon.AddHours(1), (await newsroom.Store.StateAsync(default)).ChangedAt);
        Assert.Equal(Newsroom.Noon.AddHours(1), Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_word_alone_is_no_change_and_the_next_edit_without_it_is_one_that_readers_see(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await newsroom.ReadAsync("Teh text.");
        var mended = await newsroom.ReadAsync("The text.", "minor: true");
        var state = await newsroom.Store.StateAsync(default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(mended.Updated, (await newsroom.ReadAsync("The text.")).Updated);
        Assert.Equal(state, await newsroom.Store.StateAsync(default));
        Assert.Equal(Newsroom.Noon.AddHours(1), (await newsroom.ReadAsync("Another text.", "minor: false")).Updated);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_minor_edit_does_not_let_an_article_change_before_it_was_published(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z");
        await newsroom.ImportAsync();

        newsroom.Write("a.md", "A", "2026-03-09T00:00:00Z", "Some text.", "minor: true");
        await newsroom.ImportAsync();

        var article = await newsroom.Store.FindAsync("a", default);
        Assert.Equal(article!.Published, article.Updated);
    }
}
