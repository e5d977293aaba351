using System.Globalization;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class RelatedArticlesTests
{
    [DatabaseTheory, EachDatabase]
    public async Task More_shared_categories_come_first_and_among_equals_the_newest(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("it.md", "It", "2026-03-01", "text", "slug: it", "categories: [Prices, Courts, Search]");
        newsroom.Write("old-two.md", "Old two", "2026-01-01", "text", "slug: old-two", "categories: [Search, Other, Prices]");
        newsroom.Write("new-one.md", "New one", "2026-03-09", "text", "slug: new-one", "categories: Courts");
        newsroom.Write("older-one.md", "Older one", "2026-03-08", "text", "slug: older-one", "categories: Prices");
        newsroom.Write("stranger.md", "Stranger", "2026-03-09", "text", "slug: stranger", "categories: Other");
        await newsroom.ImportAsync();
        var it = (await newsroom.Store.FindAsync("it", default))!;
        var related = newsroom.Get<RelatedArticles>();

        var all = await related.FindAsync(it, 10, default);

        Assert.Equal("old-two new-one older-one", Slugs(all));
        Assert.Equal("Search, Other, Prices", string.Join(", ", all[0].Categories.Select(category => category.Name)));
        Assert.Equal("old-two new-one", Slugs(await related.FindAsync(it, 2, default)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Articles_of_the_same_second_stand_by_their_sequence(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        foreach (var slug in new[] { "a", "b", "c", "d" })
        {
            newsroom.Write($"{slug}.md", slug, "2026-03-01T08:00:00Z", "text", $"slug: {slug}", "categories: Same");
        }

        await newsroom.ImportAsync();
        var b = (await newsroom.Store.FindAsync("b", default))!;

        var found = await newsroom.Get<RelatedArticles>().FindAsync(b, 3, default);

        Assert.Equal(found.Select(article => article.Sequence).OrderDescending(), found.Select(article => article.Sequence));
        Assert.Equal("a c d", Slugs(found.OrderBy(article => article.Slug, StringComparer.Ordinal)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Nothing_is_related_to_an_article_alone_in_its_categories_or_without_any(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("alone.md", "Alone", "2026-03-01", "text", "slug: alone", "categories: [One, Two]");
        newsroom.Write("none.md", "None", "2026-03-01", "text", "slug: none");
        newsroom.Write("draft.md", "Draft", "2026-03-01", "text", "slug: draft", "categories: One", "status: draft");
        newsroom.Write("future.md", "Future", "2026-04-01", "text", "slug: future", "categories: Two");
        await newsroom.ImportAsync();

        foreach (var slug in new[] { "alone", "none" })
        {
            Assert.Empty(await newsroom.Get<RelatedArticles>().FindAsync((await newsroom.Store.FindAsync(slug, default))!, 3, default));
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Fifty_categories_and_more_articles_than_are_looked_at_are_no_trouble(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var fifty = string.Join(", ", Enumerable.Range(1, 50).Select(number => string.Create(CultureInfo.InvariantCulture, $"C{number}")));
        newsroom.Write("it.md", "It", "2026-03-01", "text", "slug: it", $"categories: [{fifty}]");
        newsroom.Write("twin.md", "Twin", "2020-01-01", "text", "slug: twin", $"categories: [{fifty}]");
        for (var number = 0; number <= RelatedArticles.Considered; number++)
        {
            newsroom.Write(
                string.Create(CultureInfo.InvariantCulture, $"n{number:000}.md"), "More", "2026-02-01", "text", string.Create(CultureInfo.InvariantCulture, $"slug: n{number:000}"), "categories: C1");
        }

        await newsroom.ImportAsync();

        var found = await newsroom.Get<RelatedArticles>().FindAsync((await newsroom.Store.FindAsync("it", default))!, 50, default);

        Assert.Equal("twin", found[0].Slug);
        Assert.Equal(50, found.Select(article => article.Slug).Distinct(StringComparer.Ordinal).Count());
    }

    private static string Slugs(IEnumerable<Article> articles) => string.Join(' ', articles.Select(article => article.Slug));
}
