using Feeds.Articles.Store;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class LifeTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_future_article_publishes_itself_when_its_date_has_come(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("now.md", "Now", "2026-03-10T12:00:00Z", "text", "categories: [Both]");
        newsroom.Write("soon.md", "Soon", "2026-03-10T13:30:00.500+01:00", "text", "categories: [Both, Future]");
        newsroom.Write("draft.md", "Draft", "2026-03-10T12:00:00Z", "text", "status: draft");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.StateAsync(default);

        newsroom.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, await newsroom.Get<Publisher>().TickAsync(default));
        Assert.Null(await newsroom.Store.FindAsync("soon", default));
        Assert.Equal(before, await newsroom.Store.StateAsync(default));

        newsroom.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await newsroom.Get<Publisher>().TickAsync(default));

        var soon = await newsroom.Store.FindAsync("soon", default);
        Assert.Equal(2, soon!.Sequence);
        Assert.Equal(soon.Published, soon.Updated);
        var after = await newsroom.Store.StateAsync(default);
        Assert.Equal((before.Change + 1, 2L, Newsroom.Noon.AddSeconds(1801)), (after.Change, after.Sequence, after.ChangedAt));
        Assert.All(await newsroom.Store.CategoriesAsync(default), state => Assert.Equal(Newsroom.Noon.AddSeconds(1801), state.ChangedAt));
        Assert.Equal(0, await newsroom.Get<Publisher>().TickAsync(default));
        Assert.Equal(after, await newsroom.Store.StateAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_removed_article_leaves_at_once_and_comes_back_as_itself(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var first = await newsroom.ReadAsync("text", "categories: One");
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));

        newsroom.Write("sample.md", "Sample", "2026-03-01T08:00:00Z", "text", "categories: One", "status: removed");
        await newsroom.ImportAsync();

        Assert.Null(await newsroom.Store.FindAsync("sample", default));
        Assert.NotNull(await newsroom.Store.FindWithdrawalAsync("sample", default));
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("never", default));
        Assert.Empty(await newsroom.Store.LatestAsync(null, 10, default));
        Assert.Empty(await newsroom.Store.PublishedAsync(0, 10, default));
        var category = Assert.Single(await newsroom.Store.CategoriesAsync(default));
        Assert.Equal((0, Newsroom.Noon.AddMinutes(1)), (category.ArticleCount, category.ChangedAt));

        var again = await newsroom.ReadAsync("text", "categories: One");
        Assert.Equal((first.Identity, first.Sequence), (again.Identity, again.Sequence));
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("sample", default));
        Assert.Equal(1, (await newsroom.Store.StateAsync(default)).Sequence);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Drafts_change_the_store_but_nothing_that_readers_see(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01", "text", "categories: One");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.StateAsync(default);
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));

        newsroom.Write("b.md", "B", "2026-03-01", "text", "categories: One", "status: draft");
        await newsroom.ImportAsync();

        var after = await newsroom.Store.StateAsync(default);
        Assert.Equal(before with { Change = before.Change + 1 }, after);
        Assert.Equal(Newsroom.Noon, Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("b", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_whose_date_is_moved_into_the_future_waits_for_it_with_its_number(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z");
        await newsroom.ImportAsync();

        newsroom.Write("a.md", "A", "2026-03-11T00:00:00Z");
        await newsroom.ImportAsync();
        Assert.Null(await newsroom.Store.FindAsync("a", default));

        newsroom.Clock.Advance(TimeSpan.FromDays(1));
        await newsroom.Get<Publisher>().TickAsync(default);
        var back = await newsroom.Store.FindAsync("a", default);
        Assert.Equal((1L, new DateTimeOffset(2026, 3, 11, 0, 0, 0, TimeSpan.Zero)), (back!.Sequence, back.Updated));
        Assert.Equal(1, (await newsroom.Store.StateAsync(default)).Sequence);
    }

    [DatabaseTheory, EachDatabase]
    public async Task New_settings_count_as_a_change_of_everything_once(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01", "text", "categories: One");
        newsroom.Write("d.md", "D", "2026-03-01", "text", "categories: Hidden", "status: draft");
        await newsroom.ImportAsync();
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));

        await newsroom.Store.ApplySettingsAsync("title=A", default);
        var first = await newsroom.Store.StateAsync(default);
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));
        await newsroom.Store.ApplySettingsAsync("title=A", default);
        Assert.Equal(first, await newsroom.Store.StateAsync(default));
        await newsroom.Store.ApplySettingsAsync("title=B", default);

        Assert.Equal(Newsroom.Noon.AddMinutes(1), first.ChangedAt);
        var second = await newsroom.Store.StateAsync(default);
        Assert.Equal((first.Change + 1, Newsroom.Noon.AddMinutes(2)), (second.Change, second.ChangedAt));
        Assert.Equal(Newsroom.Noon.AddMinutes(2), Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_empty_store_stands_at_zero(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);

        Assert.Equal(new StoreState(0, 0, DateTimeOffset.UnixEpoch, 0), await newsroom.Store.StateAsync(default));
        Assert.Empty(await newsroom.Store.LatestAsync("none", 20, default));
        Assert.Empty(await newsroom.Store.CategoriesAsync(default));
        Assert.Null(await newsroom.Store.FindMediaAsync("none.png", default));
    }
}
