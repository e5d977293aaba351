using System.Text;
using Feeds.Storage;

namespace Feeds.Syndication.Tests;

/// <summary>Combined feeds, ended feeds, and what is new since an earlier feed.</summary>
public sealed class FeedAnswerTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_combined_feed_holds_the_newest_of_its_categories_once_at_one_address(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Prix, Les Délais");
        stand.Write(3, "Les Retours");
        await stand.ImportAsync();

        Assert.Equal("article-2 article-1", Slugs(await FoundAsync(stand, "feed.atom", "categories=les-delais,les-prix")));
        Assert.Equal("feed.rss?categories=les-delais,les-prix", await MovedAsync(stand, "feed.rss", "categories=les-prix,,les-delais,les-prix"));
        Assert.Equal("feed.rss?categories=les-delais,les-prix", await MovedAsync(stand, "feed.rss", "utm_source=x&categories=les-prix&categories=les-delais"));
        Assert.Equal("categories/les-prix/feed.json", await MovedAsync(stand, "feed.json", "categories=les-prix"));
        Assert.IsType<FeedAnswer.Unknown>(await stand.Library.AnswerAsync("feed.rss", "categories=les-prix,nothing", default));
        Assert.Equal("article-3 article-2 article-1", Slugs(await FoundAsync(stand, "feed.atom", "utm_source=x")));
        Assert.Equal("article-2 article-1", Slugs(await FoundAsync(stand, "categories/les-prix/feed.atom", "categories=les-delais")));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_author_or_a_language_has_a_feed_where_there_are_articles_of_it(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix", more: "author: Zoé d’Été\n");
        stand.Write(2, "Les Prix", more: "lang: en-GB\n");
        stand.Write(3, "Les Délais", more: "author: Zoé d’Été\nlang: en\n");
        await stand.ImportAsync();

        Assert.Equal("article-3 article-1", Slugs(await FoundAsync(stand, "feed.atom", "author=Zo%C3%A9%20d%E2%80%99%C3%89t%C3%A9")));
        Assert.Equal("article-3 article-2", Slugs(await FoundAsync(stand, "feed.atom", "language=en")));
        Assert.Equal("article-1", Slugs(await FoundAsync(stand, "feed.atom", "language=fr")));
        Assert.Equal("article-3", Slugs(await FoundAsync(stand, "feed.atom", "author=Zo%C3%A9%20d%E2%80%99%C3%89t%C3%A9&categories=les-delais&language=en")));
        Assert.Equal("feed.atom?author=Zo%C3%A9%20d%E2%80%99%C3%89t%C3%A9&language=en", await MovedAsync(stand, "feed.atom", "language=EN&author=Zo%c3%a9+d%E2%80%99%C3%89t%C3%A9"));
        Assert.IsType<FeedAnswer.Unknown>(await stand.Library.AnswerAsync("feed.atom", "author=Nobody", default));
        Assert.IsType<FeedAnswer.Unknown>(await stand.Library.AnswerAsync("feed.atom", "language=e", default));
        Assert.Contains("Zoé d’Été, en", Encoding.UTF8.GetString((await FoundAsync(stand, "feed.json", "author=Zo%C3%A9%20d%E2%80%99%C3%89t%C3%A9&language=en")).Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_categories_are_refused_with_a_sentence()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);

        var tooLong = await stand.Library.AnswerAsync("feed.atom", "categories=" + string.Join(',', Enumerable.Range(0, 10_000)), default);
        var tooMany = await stand.Library.AnswerAsync("feed.atom", "categories=" + string.Join(',', Enumerable.Range(0, 21)), default);

        Assert.Contains("2048 characters", Assert.IsType<FeedAnswer.Refused>(tooLong).Reason, StringComparison.Ordinal);
        Assert.Contains("names 21", Assert.IsType<FeedAnswer.Refused>(tooMany).Reason, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_category_ends_when_nothing_is_in_it_and_nothing_to_tell_and_begins_anew_with_an_article(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais");
        await stand.ImportAsync();
        stand.Write(1, "Les Délais");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        Assert.IsType<FeedAnswer.Ended>(await stand.Library.AnswerAsync("categories/les-prix/feed.atom", "", default));
        Assert.IsType<FeedAnswer.Unknown>(await stand.Library.AnswerAsync("categories/les-pris/feed.atom", "", default));
        Assert.DoesNotContain("les-prix", Encoding.UTF8.GetString((await stand.FindAsync("feeds.opml")).Body.Span), StringComparison.Ordinal);

        stand.Write(3, "Les Prix");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);
        Assert.Equal("article-3", Slugs(await FoundAsync(stand, "categories/les-prix/feed.atom", "")));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_has_an_earlier_feed_gets_what_is_new_or_another_since_then(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Prix");
        await stand.ImportAsync();
        var first = await stand.FindAsync("feed.atom");
        var gzip = first.GzipETag;
        stand.Write(3, "Les Prix");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);
        var second = await stand.FindAsync("feed.atom");
        stand.Write(1, "Les Prix", "Un autre texte.");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        var third = await stand.FindAsync("feed.atom");

        Assert.Equal("article-3 article-2", Slugs(second).Replace(" article-1", "", StringComparison.Ordinal));
        Assert.Equal("article-3 article-1", Slugs(third.Since(first.ETag)!));
        Assert.Equal("article-3 article-1", Slugs(third.Since(gzip)!));
        Assert.Equal("article-1", Slugs(third.Since(second.ETag)!));
        Assert.Null(third.Since("\"never-sent\""));
        Assert.Null(third.Since(third.ETag));
        Assert.Equal("article-3", Slugs(second.Since(first.ETag)!));
    }

    [Fact]
    public async Task Who_has_nothing_of_what_the_feed_holds_now_gets_all_of_it()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();
        var first = await stand.FindAsync("feed.rss");
        stand.Write(1, "Les Prix", "Un autre texte.");
        await stand.ImportAsync();
        await stand.Library.RefreshAsync(default);

        Assert.Null((await stand.FindAsync("feed.rss")).Since(first.ETag));
    }

    private static async Task<FeedDocument> FoundAsync(Newsstand stand, string path, string query) =>
        Assert.IsType<FeedAnswer.Found>(await stand.Library.AnswerAsync(path, query, default)).Document;

    private static async Task<string> MovedAsync(Newsstand stand, string path, string query) =>
        Assert.IsType<FeedAnswer.Moved>(await stand.Library.AnswerAsync(path, query, default)).Path;

    private static string Slugs(FeedDocument atom) =>
        string.Join(' ', FeedWriterTests.Parse(atom.Body.ToArray()).Root!.Elements(System.Xml.Linq.XName.Get("entry", FeedXml.Atom))
            .Select(entry => entry.Elements(System.Xml.Linq.XName.Get("link", FeedXml.Atom)).First().Attribute("href")!.Value.Split('/')[^1]));
}
