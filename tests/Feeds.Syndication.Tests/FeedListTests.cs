using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Storage;

namespace Feeds.Syndication.Tests;

public sealed class FeedListTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_names_every_feed_once_with_its_page_in_the_order_of_the_categories()
    {
        var opml = FeedWriterTests.Parse(FeedList.Write(SampleArticles.Publication, [SampleArticles.Search, SampleArticles.Courts]).ToArray()).Root!;

        Assert.Equal("2.0", opml.Attribute("version")!.Value);
        Assert.Equal("Le Journal d’« essai »", opml.Element("head")!.Element("title")!.Value);
        var outlines = opml.Element("body")!.Elements("outline").ToList();
        Assert.Equal(
            [
                "Le Journal d’« essai »|https://journal.example/lire/feed.atom|https://journal.example/lire/|",
                "Référencement (SEO) – Le Journal d’« essai »|https://journal.example/lire/categories/referencement-seo/feed.atom|https://journal.example/lire/categories/referencement-seo|Référencement (SEO)",
                "Médiocrité & Contentieux – Le Journal d’« essai »|https://journal.example/lire/categories/mediocrite-contentieux/feed.atom|https://journal.example/lire/categories/mediocrite-contentieux|Médiocrité & Contentieux",
            ],
            outlines.Select(outline => string.Join('|', ((string[])["text", "xmlUrl", "htmlUrl", "category"]).Select(name => outline.Attribute(name)?.Value))),
            StringComparer.Ordinal);
        Assert.All(outlines, outline => Assert.Equal("rss", outline.Attribute("type")!.Value));
        Assert.All(outlines, outline => Assert.Equal(outline.Attribute("text")!.Value, outline.Attribute("title")!.Value));
    }

    [Fact]
    public void A_name_stays_one_category_and_can_always_be_written()
    {
        var category = new Category(1, "Prix, coûts / marges \u0000\uD800<&\">", "prix");

        var outline = FeedWriterTests.Parse(FeedList.Write(SampleArticles.Publication, [category]).ToArray()).Root!.Descendants("outline").Last();

        Assert.Equal("Prix  coûts   marges <&\">", outline.Attribute("category")!.Value);
        Assert.Equal("Prix, coûts / marges <&\"> – Le Journal d’« essai »", outline.Attribute("text")!.Value);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Every_address_in_it_is_one_of_a_feed_and_a_new_category_comes_into_it(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        stand.Write(1, "Été & Œuvre, Zoé, a");
        await stand.ImportAsync();
        var before = await stand.FindAsync(FeedList.Path);

        stand.Clock.Advance(TimeSpan.FromHours(1));
        stand.Write(2, "Les Prix");
        await stand.ImportAsync();
        Assert.Contains(FeedList.Path, await stand.Library.RefreshAsync(default), StringComparer.Ordinal);
        var after = await stand.FindAsync(FeedList.Path);

        Assert.NotEqual(before.ETag, after.ETag, StringComparer.Ordinal);
        Assert.True(before.LastModified < after.LastModified);
        var feeds = Addresses(after);
        Assert.Equal(5, feeds.Count);
        Assert.Equal(4, Addresses(before).Count);
        foreach (var address in feeds)
        {
            Assert.NotNull(await stand.Library.FindAsync(SampleArticles.Publication.Base.MakeRelativeUri(new Uri(address)).OriginalString, default));
        }
    }

    [Fact]
    public void It_counts_as_changed_exactly_when_another_feed_is_in_it()
    {
        var one = Snapshot(null, 1, SampleArticles.Courts);
        var newArticle = Snapshot(one, 2, SampleArticles.Courts);
        var newName = Snapshot(newArticle, 3, SampleArticles.Courts with { Name = "Contentieux" });
        var newCategory = Snapshot(newName, 4, SampleArticles.Courts with { Name = "Contentieux" }, SampleArticles.Search);

        Assert.Contains(FeedList.Path, one.ChangedSince(null), StringComparer.Ordinal);
        Assert.DoesNotContain(FeedList.Path, newArticle.ChangedSince(one), StringComparer.Ordinal);
        Assert.Contains(FeedList.Path, newName.ChangedSince(newArticle), StringComparer.Ordinal);
        Assert.Contains(FeedList.Path, newCategory.ChangedSince(newName), StringComparer.Ordinal);
    }

    private static FeedSnapshot Snapshot(FeedSnapshot? before, int change, params Category[] categories) =>
        FeedSnapshot.Following(before, new StoreState(change, change, Start.AddSeconds(change), change), [.. categories.Select(category => new CategoryState(category, 1, Start.AddSeconds(change), change, 1, IsEnded: false))]);

    private static List<string> Addresses(FeedDocument list) =>
        [.. FeedWriterTests.Parse(list.Body.ToArray()).Root!.Descendants("outline").Select(outline => outline.Attribute("xmlUrl")!.Value)];
}
