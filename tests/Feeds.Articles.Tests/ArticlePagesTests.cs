using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class ArticlePagesTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Only_articles_that_are_read_on_our_own_page_are_listed(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01T08:00:00Z", "text", "slug: first", "updated: 2026-03-02T08:00:00Z");
        newsroom.Write("b.md", "B", "2026-03-01T08:00:00Z", "text", "slug: foreign", "url: https://other.example/articles/foreign");
        newsroom.Write("c.md", "C", "2026-03-01T08:00:00Z", "text", "slug: own", "url: https://atelier.example/articles/own");
        newsroom.Write("d.md", "D", "2026-03-01T08:00:00Z", "text", "slug: draft", "status: draft");
        newsroom.Write("e.md", "E", "2026-04-01T08:00:00Z", "text", "slug: future");
        await newsroom.ImportAsync();

        var pages = await newsroom.Get<ArticlePages>().ListAsync(default);

        Assert.Equal("first own", string.Join(' ', pages.Select(page => page.Slug)));
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero), pages[0].Updated);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Each_category_offers_its_newest_titles(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "Oldest", "2026-03-01", "text", "slug: a", "categories: [One, Two]", "lang: en");
        newsroom.Write("b.md", "Middle", "2026-03-02", "text", "slug: b", "categories: One");
        newsroom.Write("c.md", "Newest", "2026-03-03", "text", "slug: c", "categories: One");
        newsroom.Write("d.md", "Draft", "2026-03-04", "text", "slug: d", "categories: [One, Three]", "status: draft");
        await newsroom.ImportAsync();

        var titles = await newsroom.Get<ArticlePages>().LatestTitlesAsync(2, default);

        Assert.Equal(2, titles.Count);
        Assert.Equal("Newest, Middle", string.Join(", ", titles["one"].Select(title => title.Title)));
        Assert.Equal(new ArticleTitle("a", "Oldest", "en"), Assert.Single(titles["two"]));
        Assert.Equal("fr", titles["one"][0].Language);
    }
}
