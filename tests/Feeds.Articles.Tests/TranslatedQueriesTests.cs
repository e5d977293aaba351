using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class TranslatedQueriesTests
{
    [DatabaseTheory, EachDatabase]
    public async Task What_pages_and_feeds_ask_is_translated_once_whatever_it_is_asked_about(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("prices.md", "Prices", "2026-03-01", "text", "slug: prices", "categories: [Prices, Search]", "author: Ada");
        newsroom.Write("courts.md", "Courts", "2026-03-02", "text", "slug: courts", "categories: [Courts, Search]");
        await newsroom.ImportAsync();
        Assert.NotEmpty(await AnewAsync(newsroom, "prices"));

        Assert.Empty(await AnewAsync(newsroom, "courts"));
    }

    /// <summary>Asks everything about an article and its category.</summary>
    /// <returns>What was translated for it.</returns>
    private static async Task<IReadOnlyList<string>> AnewAsync(Newsroom newsroom, string slug)
    {
        var store = newsroom.Store;
        var article = (await store.FindAsync(slug, default))!;
        var sequence = (await store.StateAsync(default)).Sequence;
        Category? category = null;
        (string Name, Func<Task> Ask)[] questions =
        [
            ("find", () => store.FindAsync(slug, default)),
            ("state", () => store.StateAsync(default)),
            ("categories", async () => category = (await store.CategoriesAsync(default)).First(known => known.Category.HasSlug(slug)).Category),
            ("latest", () => store.LatestAsync(null, 10, default)),
            ("latest of a category", () => store.LatestAsync(slug, 10, default)),
            ("selection", () => store.SelectAsync(new ArticleSelection([category!], null, null), 10, default)),
            ("authors", () => store.AuthorsAsync(default)),
            ("renamed", () => store.FindRenamedAsync(slug, default)),
            ("withdrawal", () => store.FindWithdrawalAsync(slug, default)),
            ("withdrawn", () => store.WithdrawnAsync(null, 10, default)),
            ("withdrawn of a category", () => store.WithdrawnAsync(slug, 10, default)),
            ("published in a range", () => store.PublishedAsync(0, sequence, default)),
            ("published of those", () => store.PublishedAsync([article.Sequence], default)),
            ("hidden", () => store.HiddenAsync(0, sequence, default)),
            ("related", () => newsroom.Get<RelatedArticles>().FindAsync(article, 3, default)),
            ("recent", () => newsroom.Get<ArticleHistory>().RecentAsync(null, 5, default)),
            ("recent of a category", () => newsroom.Get<ArticleHistory>().RecentAsync(category, 5, default)),
            ("pages", () => newsroom.Get<ArticlePages>().ListAsync(default)),
            ("titles", () => newsroom.Get<ArticlePages>().LatestTitlesAsync(3, default)),
        ];
        var anew = new List<string>();
        foreach (var (name, ask) in questions)
        {
            if (await Translations.CountAsync(ask) > 0)
            {
                anew.Add(name);
            }
        }

        return anew;
    }
}
