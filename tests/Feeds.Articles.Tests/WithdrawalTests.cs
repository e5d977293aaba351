using Feeds.Articles.Store;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class WithdrawalTests
{
    [DatabaseTheory, EachDatabase]
    public async Task The_store_keeps_when_and_why_an_article_was_withdrawn(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var article = await newsroom.ReadAsync("text", "categories: [One, Two]", "lang: en");
        newsroom.Clock.Advance(TimeSpan.FromMinutes(90.5));

        await WithdrawAsync(newsroom, "lang: en", "reason: \"The source took back its figures.\"");

        var expected = new Withdrawal(article.Identity, Newsroom.Noon.AddMinutes(90).AddSeconds(30), "The source took back its figures.", "en");
        Assert.Equal(expected, await newsroom.Store.FindWithdrawalAsync("sample", default));
        Assert.Equal([expected], await newsroom.Store.WithdrawnAsync(null, 10, default));
        // Its file names no category any more; those whose feeds carried it tell all the same.
        Assert.Equal([expected], await newsroom.Store.WithdrawnAsync("one", 10, default));
        Assert.Equal([expected], await newsroom.Store.WithdrawnAsync("two", 10, default));
        Assert.Empty(await newsroom.Store.WithdrawnAsync("three", 10, default));
        Assert.All(await newsroom.Store.CategoriesAsync(default), state => Assert.Equal((0, expected.WithdrawnAt), (state.ArticleCount, state.ChangedAt)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Another_reason_leaves_the_time_and_is_a_change_that_readers_see(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await newsroom.ReadAsync("text", "categories: One");
        await WithdrawAsync(newsroom, "reason: First.");
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        await WithdrawAsync(newsroom, "reason: Second.");

        var withdrawal = Assert.Single(await newsroom.Store.WithdrawnAsync("one", 10, default));
        Assert.Equal(("Second.", Newsroom.Noon), (withdrawal.Reason, withdrawal.WithdrawnAt));
        Assert.Equal(Newsroom.Noon.AddHours(1), (await newsroom.Store.StateAsync(default)).ChangedAt);
        Assert.Equal(Newsroom.Noon.AddHours(1), Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_put_back_was_never_away(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var first = await newsroom.ReadAsync("text", "categories: One");
        await WithdrawAsync(newsroom);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        // A reason that nobody took out of the file says nothing of an article that is there.
        var again = await newsroom.ReadAsync("text", "categories: Two", "reason: A mistake.", "minor: true");

        Assert.Equal((first.Identity, first.Sequence, first.Updated), (again.Identity, again.Sequence, again.Updated));
        Assert.Equal("Two", Assert.Single(again.Categories).Name);
        Assert.Empty(await newsroom.Store.WithdrawnAsync(null, 10, default));
        Assert.Empty(await newsroom.Store.WithdrawnAsync("one", 10, default));
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("sample", default));
        Assert.All(await newsroom.Store.CategoriesAsync(default), state => Assert.Equal(Newsroom.Noon.AddHours(1), state.ChangedAt));
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_was_never_public_can_not_be_withdrawn(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("never.md", "Never", "2026-03-01", "text", "status: removed");
        newsroom.Write("draft.md", "Draft", "2026-03-01", "text", "status: draft");
        newsroom.Write("future.md", "Future", "2026-04-01");
        await newsroom.ImportAsync();
        newsroom.Write("draft.md", "Draft", "2026-03-01", "text", "status: removed");
        newsroom.Write("future.md", "Future", "2026-04-01", "text", "status: removed");
        await newsroom.ImportAsync();

        Assert.Empty(await newsroom.Store.WithdrawnAsync(null, 10, default));
        Assert.Null(await newsroom.Store.FindWithdrawalAsync("draft", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task After_sixty_days_a_step_of_the_publisher_ends_the_telling_and_the_page_remembers(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await newsroom.ReadAsync("text", "categories: One");
        await WithdrawAsync(newsroom, "reason: First.");
        var publisher = newsroom.Get<Publisher>();
        var before = await newsroom.Store.StateAsync(default);

        newsroom.Clock.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        await publisher.TickAsync(default);
        Assert.Equal(before, await newsroom.Store.StateAsync(default));
        newsroom.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await newsroom.Store.WithdrawnAsync(null, 10, default));
        Assert.Equal(0, await publisher.TickAsync(default));

        Assert.Empty(await newsroom.Store.WithdrawnAsync(null, 10, default));
        Assert.Equal("First.", (await newsroom.Store.FindWithdrawalAsync("sample", default))!.Reason);
        var after = await newsroom.Store.StateAsync(default);
        Assert.Equal((before.Change + 1, Newsroom.Noon.AddDays(60)), (after.Change, after.ChangedAt));
        Assert.Equal(after.ChangedAt, Assert.Single(await newsroom.Store.CategoriesAsync(default)).ChangedAt);
        await publisher.TickAsync(default);
        Assert.Equal(after, await newsroom.Store.StateAsync(default));

        // Nobody is told of it, so another reason is no news; put back and withdrawn again, it is.
        await WithdrawAsync(newsroom, "reason: Second.");
        Assert.Equal(after.ChangedAt, (await newsroom.Store.StateAsync(default)).ChangedAt);
        await newsroom.ReadAsync("text", "categories: One");
        await WithdrawAsync(newsroom);
        Assert.Equal(Newsroom.Noon.AddDays(60), Assert.Single(await newsroom.Store.WithdrawnAsync("one", 10, default)).WithdrawnAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_newest_withdrawals_come_first_and_no_more_than_were_asked_for(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        string[] names = ["a", "b", "c", "d"];
        foreach (var name in names)
        {
            newsroom.Write($"{name}.md", name, "2026-03-01", "text", "categories: One");
        }

        await newsroom.ImportAsync();
        foreach (var name in names)
        {
            newsroom.Write($"{name}.md", name, "2026-03-01", "text", "status: removed", $"reason: {name}");
            await newsroom.ImportAsync();
            newsroom.Clock.Advance(TimeSpan.FromMinutes(name is "b" ? 0 : 1));
        }

        Assert.Equal(["d", "c", "b"], (await newsroom.Store.WithdrawnAsync(null, 3, default)).Select(withdrawal => withdrawal.Reason!), StringComparer.Ordinal);
        Assert.Equal(["d", "c", "b", "a"], (await newsroom.Store.WithdrawnAsync("one", 1000, default)).Select(withdrawal => withdrawal.Reason!), StringComparer.Ordinal);
    }

    private static async Task WithdrawAsync(Newsroom newsroom, params string[] lines)
    {
        newsroom.Write("sample.md", "Sample", "2026-03-01T08:00:00Z", "text", ["status: removed", .. lines]);
        var report = await newsroom.ImportAsync();
        Assert.Empty(report.Refused);
        Assert.Equal(1, report.Changed);
    }
}
