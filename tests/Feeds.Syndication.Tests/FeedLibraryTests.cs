using System.Text;
using System.Xml.Linq;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Syndication.Tests;

public sealed class FeedLibraryTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_feed_holds_the_newest_articles_of_its_category_that_no_archive_holds(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        for (var number = 1; number <= 35; number++)
        {
            stand.Write(number, number % 5 == 0 ? "Les Prix, Les Délais" : "Les Délais");
        }

        await stand.ImportAsync();

        Assert.Equal(Enumerable.Range(17, 19).Reverse(), Numbers(await stand.FindAsync("feed.rss")));
        Assert.Equal(Enumerable.Range(17, 19).Reverse(), Numbers(await stand.FindAsync("categories/les-delais/feed.rss")));
        Assert.Equal([35, 30, 25, 20, 15, 10, 5], Numbers(await stand.FindAsync("categories/les-prix/feed.rss")));
        Assert.Null(await stand.Library.FindAsync("categories/les-retours/feed.rss", default));
        Assert.Null(await stand.Library.FindAsync("categories/Les-Prix/feed.rss", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_empty_publication_has_empty_feeds_and_gets_its_first_article_with_the_next_tick(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        var empty = await stand.FindAsync("feed.atom");
        Assert.Empty(FeedWriterTests.Parse(empty.Body.ToArray()).Root!.Elements(XName.Get("entry", FeedXml.Atom)));
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();

        var changed = await stand.Library.RefreshAsync(default);

        string[] expected = ["categories/les-prix/feed.atom", "categories/les-prix/feed.json", "categories/les-prix/feed.rss", "feed.atom", "feed.json", "feed.rss", "feeds.opml"];
        Assert.Equal(expected, changed);
        Assert.False(string.Equals(empty.ETag, (await stand.FindAsync("feed.atom")).ETag, StringComparison.Ordinal));
        Assert.Empty(await stand.Library.RefreshAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_changed_article_changes_only_the_feeds_that_carry_it_and_only_itself_is_written_again(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais");
        stand.Write(3, "Les Prix");
        await stand.ImportAsync();
        var prices = await stand.FindAsync("categories/les-prix/feed.rss");
        var delays = await stand.FindAsync("categories/les-delais/feed.rss");
        await stand.FindAsync("feed.rss");
        Assert.Equal(3, stand.Library.EntriesWritten);

        stand.Clock.Advance(TimeSpan.FromHours(1));
        stand.Write(3, "Les Prix", "Un autre texte.");
        await stand.ImportAsync();
        var changed = await stand.Library.RefreshAsync(default);

        string[] expected = ["categories/les-prix/feed.atom", "categories/les-prix/feed.json", "categories/les-prix/feed.rss", "feed.atom", "feed.json", "feed.rss"];
        Assert.Equal(expected, changed);
        Assert.Same(delays, await stand.FindAsync("categories/les-delais/feed.rss"));
        var after = await stand.FindAsync("categories/les-prix/feed.rss");
        Assert.Contains("Un autre texte.", Encoding.UTF8.GetString(after.Body.Span), StringComparison.Ordinal);
        Assert.Equal(prices.LastModified.AddHours(1), after.LastModified);
        Assert.False(string.Equals(prices.ETag, after.ETag, StringComparison.Ordinal));
        await stand.FindAsync("feed.atom");
        Assert.Equal(4, stand.Library.EntriesWritten);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_changes_within_one_second_give_two_tags_and_two_times(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        var seen = new List<FeedDocument>();
        foreach (var body in (string[])["Un.", "Deux.", "Trois."])
        {
            stand.Write(1, "Les Prix", body);
            await stand.ImportAsync();
            await stand.Library.RefreshAsync(default);
            seen.Add(await stand.FindAsync("categories/les-prix/feed.rss"));
        }

        Assert.Equal(3, seen.Select(document => document.ETag).Distinct(StringComparer.Ordinal).Count());
        Assert.True(seen[0].LastModified < seen[1].LastModified && seen[1].LastModified < seen[2].LastModified);
        Assert.All(seen, document => Assert.Equal(0, document.LastModified.Millisecond));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_removed_article_leaves_an_empty_feed_behind_rather_than_none(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();
        await stand.FindAsync("categories/les-prix/feed.rss");
        stand.Write(1, "Les Prix", more: "status: removed\n");
        await stand.ImportAsync();

        var changed = await stand.Library.RefreshAsync(default);

        Assert.Contains("categories/les-prix/feed.rss", changed, StringComparer.Ordinal);
        Assert.Empty(Numbers(await stand.FindAsync("categories/les-prix/feed.rss")));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Another_process_a_year_later_sends_the_same_bytes_tags_and_times(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Les Prix");
        stand.Write(2, "Les Délais, Les Prix", more: "lang: en\n");
        await stand.ImportAsync();
        var here = await stand.Library.AllAsync(default);

        await using var neighbour = stand.Neighbour();
        var there = await neighbour.GetRequiredService<FeedLibrary>().AllAsync(default);

        Assert.Equal(10, here.Count);
        Assert.Equal(here.Select(Describe), there.Select(Describe), StringComparer.Ordinal);
    }

    [SkippableFact]
    public async Task Both_databases_give_the_same_bytes()
    {
        var feeds = new List<IReadOnlyList<FeedDocument>>();
        foreach (var provider in (DatabaseProvider[])[DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql])
        {
            await using var stand = await Newsstand.OpenAsync(provider);
            for (var number = 1; number <= 8; number++)
            {
                stand.Write(number, number % 2 == 0 ? "Été & Œuvre, a" : "a, Zoé");
            }

            await stand.ImportAsync();
            feeds.Add(await stand.Library.AllAsync(default));
        }

        Assert.Equal(13, feeds[0].Count);
        Assert.Equal(feeds[0].Select(Describe), feeds[1].Select(Describe), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_making()
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        stand.Write(1, "Les Prix");
        await stand.ImportAsync();

        var documents = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => stand.FindAsync("feed.rss"))));

        Assert.All(documents, document => Assert.Same(documents[0], document));
    }

    private static IEnumerable<int> Numbers(FeedDocument rss) =>
        FeedWriterTests.Parse(rss.Body.ToArray()).Root!.Element("channel")!.Elements("item")
            .Select(item => int.Parse(item.Element("link")!.Value.Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture));

    private static string Describe(FeedDocument feed) =>
        $"{feed.Path} {feed.ETag} {feed.GzipETag} {feed.BrotliETag} {feed.LastModified:O} {feed.ContentType}\n{Encoding.UTF8.GetString(feed.Body.Span)}";
}
