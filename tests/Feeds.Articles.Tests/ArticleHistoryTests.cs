using System.Globalization;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class ArticleHistoryTests
{
    [DatabaseTheory, EachDatabase]
    public async Task The_recent_articles_and_the_archives_hold_every_article_of_a_category_once(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        for (var number = 1; number <= 70; number++)
        {
            Write(newsroom, number, number % 2 == 0 ? "Even, All" : "All");
        }

        await newsroom.ImportAsync();

        var even = await CategoryAsync(newsroom, "even");
        Assert.Equal(Enumerable.Range(1, 35).Select(half => half * 2), await WalkAsync(newsroom, even));
        Assert.Equal(Enumerable.Range(1, 70), await WalkAsync(newsroom, null));
        var recent = await newsroom.Get<ArticleHistory>().RecentAsync(even, 15, default);
        Assert.Equal((19, 1L), (recent.Articles.Count, recent.NewestArchive));
        Assert.Null(await newsroom.Get<ArticleHistory>().ArchiveAsync(even, 3, default));
        Assert.Null(await newsroom.Get<ArticleHistory>().ArchiveAsync(even, 0, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Whatever_happens_no_article_moves_to_another_archive_and_what_is_public_is_met_once(DatabaseProvider provider)
    {
        var chance = new Random(4);
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var history = newsroom.Get<ArticleHistory>();
        var seen = new Dictionary<(string?, string), long>();
        var published = new Dictionary<int, string>();
        for (var step = 1; step <= 12; step++)
        {
            newsroom.Clock.Advance(TimeSpan.FromHours(1));
            for (var more = chance.Next(12); more >= 0; more--)
            {
                // Some are dated long before those that came before them.
                var number = published.Count + 1;
                published[number] = chance.Next(3) == 0 ? "One, Two" : "One";
                Write(newsroom, number, published[number], isOld: chance.Next(3) == 0);
            }

            var changed = chance.Next(1, published.Count + 1);
            published[changed] = chance.Next(3) switch { 0 => "One", 1 => "Two", _ => "" };
            Write(newsroom, changed, published[changed].Length > 0 ? published[changed] : "One", published[changed].Length > 0 ? "published" : "removed");
            Assert.Empty((await newsroom.ImportAsync()).Refused);

            foreach (var category in (string?[])[null, "One", "Two"])
            {
                var scope = category is null ? null : (await newsroom.Store.CategoriesAsync(default)).FirstOrDefault(state => string.Equals(state.Category.Name, category, StringComparison.Ordinal))?.Category;
                if (category is not null && scope is null)
                {
                    continue;
                }

                var expected = published.Where(article => category is null ? article.Value.Length > 0 : article.Value.Contains(category, StringComparison.Ordinal)).Select(article => article.Key);
                Assert.Equal(expected.Order(), await WalkAsync(newsroom, scope));
                for (long number = 1; await history.ArchiveAsync(scope, number, default) is { } archive; number++)
                {
                    foreach (var article in archive.Articles)
                    {
                        Assert.Equal(number, seen.GetValueOrDefault((category, article.Slug), number));
                        seen[(category, article.Slug)] = number;
                    }
                }
            }
        }

        Assert.Contains(seen.Keys, place => place.Item1 is "One");
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_archives_time_of_change_moves_when_one_of_its_articles_is_edited_or_goes_and_when_settings_change(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var history = newsroom.Get<ArticleHistory>();
        for (var number = 1; number <= 40; number++)
        {
            Write(newsroom, number, "One");
        }

        await newsroom.ImportAsync();
        var one = await CategoryAsync(newsroom, "one");
        var times = new List<DateTimeOffset>();
        Func<Task>[] changes =
        [
            () => Task.CompletedTask,
            () => WriteAsync(3, "One", "Changed."),
            () => WriteAsync(3, "One", "Changed.", "removed"),
            () => WriteAsync(5, "Elsewhere", "Moved."),
            () => newsroom.Store.ApplySettingsAsync("Other settings.", default),
        ];
        foreach (var change in changes)
        {
            // Not even a second lies between them.
            await change();
            times.Add((await history.ArchiveAsync(one, 1, default))!.ChangedAt);
            Assert.Equal(times[^1], (await history.ArchiveAsync(null, 1, default))!.ChangedAt);
        }

        Assert.Equal(times.Order().Distinct(), times);
        var second = (await history.ArchiveAsync(one, 2, default))!;
        await WriteAsync(4, "One", "Changed too.");
        Assert.Equal(second.ChangedAt, (await history.ArchiveAsync(one, 2, default))!.ChangedAt);

        async Task WriteAsync(int number, string categories, string body, string status = "published")
        {
            Write(newsroom, number, categories, status, body: body);
            Assert.Equal(1, (await newsroom.ImportAsync()).Changed);
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_readers_see_differently_since_a_change_is_told_with_all_its_places(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var history = newsroom.Get<ArticleHistory>();
        Write(newsroom, 1, "One, Two");
        Write(newsroom, 2, "Two");
        Write(newsroom, 3, "Two", "draft");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.StateAsync(default);
        Write(newsroom, 2, "One", "removed");
        Write(newsroom, 3, "One", "draft", body: "Still nobody's business.");
        await newsroom.ImportAsync();
        var after = await newsroom.Store.StateAsync(default);

        var change = Assert.Single((await history.SeenAsync(before.Change, after.Change, default))!);

        Assert.Equal(("article-2", 2L), (change.Slug, change.Sequence));
        Assert.Equal([("two", 2L)], change.Places);
        Assert.Equal(["article-1", "article-2"], (await history.SeenAsync(0, after.Change, default))!.Select(seen => seen.Slug), StringComparer.Ordinal);
        await newsroom.Store.ApplySettingsAsync("Other settings.", default);
        Assert.Null(await history.SeenAsync(after.Change, after.Change + 1, default));
    }

    private static async Task<Category> CategoryAsync(Newsroom newsroom, string slug) =>
        (await newsroom.Store.CategoriesAsync(default)).Single(state => string.Equals(state.Category.Slug, slug, StringComparison.Ordinal)).Category;

    /// <summary>The numbers of all articles, as one finds them going from archive to archive; sorted, and twice where one is met twice.</summary>
    private static async Task<IEnumerable<int>> WalkAsync(Newsroom newsroom, Category? category)
    {
        var history = newsroom.Get<ArticleHistory>();
        var recent = await history.RecentAsync(category, 15, default);
        var found = recent.Articles.ToList();
        for (var number = recent.NewestArchive; number > 0; number--)
        {
            found.AddRange((await history.ArchiveAsync(category, number, default))!.Articles);
        }

        return found.Select(article => int.Parse(article.Slug.AsSpan("article-".Length), CultureInfo.InvariantCulture)).Order();
    }

    private static void Write(Newsroom newsroom, int number, string categories, string status = "published", bool isOld = false, string body = "Some text.") =>
        newsroom.Write($"{number:000}.md", $"Article {number}", isOld ? "2024-03-01T08:00:00Z" : "2026-03-01T08:00:00Z", body, $"slug: article-{number}", $"categories: [{categories}]", $"status: {status}");
}
