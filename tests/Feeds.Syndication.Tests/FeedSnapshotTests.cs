using Feeds.Articles;

namespace Feeds.Syndication.Tests;

public sealed class FeedSnapshotTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_category_has_a_feed_in_every_format_with_or_without_articles()
    {
        var snapshot = FeedSnapshot.Following(null, State(1, 0), [At(SampleArticles.Courts, 0), At(SampleArticles.Search, 0)]);

        Assert.Equal(
            [
                "categories/mediocrite-contentieux/feed.atom", "categories/mediocrite-contentieux/feed.json", "categories/mediocrite-contentieux/feed.rss",
                "categories/referencement-seo/feed.atom", "categories/referencement-seo/feed.json", "categories/referencement-seo/feed.rss",
                "feed.atom", "feed.json", "feed.rss", "feeds.opml",
            ],
            snapshot.ChangedSince(null),
            StringComparer.Ordinal);
        Assert.Null(snapshot.Find("categories/Referencement-seo/feed.rss"));
        Assert.Null(snapshot.Find(""));
    }

    [Fact]
    public void A_feed_whose_category_did_not_change_is_kept_as_it_is()
    {
        var before = FeedSnapshot.Following(null, State(1, 10), [At(SampleArticles.Courts, 5), At(SampleArticles.Search, 10)]);

        var after = FeedSnapshot.Following(before, State(2, 20), [At(SampleArticles.Courts, 5), At(SampleArticles.Search, 20)]);

        Assert.Equal(
            ["categories/referencement-seo/feed.atom", "categories/referencement-seo/feed.json", "categories/referencement-seo/feed.rss", "feed.atom", "feed.json", "feed.rss"],
            after.ChangedSince(before),
            StringComparer.Ordinal);
        Assert.Same(Shelf(before, SampleArticles.Courts), Shelf(after, SampleArticles.Courts));
    }

    [Fact]
    public void A_category_that_got_another_name_gets_another_feed()
    {
        var before = FeedSnapshot.Following(null, State(1, 10), [At(SampleArticles.Search, 5)]);

        var after = FeedSnapshot.Following(before, State(2, 20), [At(SampleArticles.Search with { Name = "SEO" }, 5)]);

        Assert.Contains("categories/referencement-seo/feed.rss", after.ChangedSince(before), StringComparer.Ordinal);
    }

    [Fact]
    public void The_feeds_of_a_category_that_ended_are_gone_and_count_as_changed()
    {
        var before = FeedSnapshot.Following(null, State(1, 10), [At(SampleArticles.Search, 5)]);

        var after = FeedSnapshot.Following(before, State(2, 20), [At(SampleArticles.Search, 20, isEnded: true)]);

        Assert.Contains("categories/referencement-seo/feed.rss", after.ChangedSince(before), StringComparer.Ordinal);
        Assert.Contains("feeds.opml", after.ChangedSince(before), StringComparer.Ordinal);
        Assert.Null(after.Find("categories/referencement-seo/feed.rss"));
        Assert.True(after.HasEnded("categories/referencement-seo/feed.rss"));
        Assert.True(after.HasEnded("categories/referencement-seo/archive/1/feed.atom"));
        Assert.False(after.HasEnded("categories/referencement-seo/archive/1/feed.html"));
        Assert.False(before.HasEnded("categories/referencement-seo/feed.rss"));
        Assert.Equal(["categories/referencement-seo/feed.atom", "categories/referencement-seo/feed.json", "categories/referencement-seo/feed.rss"], before.ChangedAfter(4).Paths.Except(before.ChangedAfter(5).Paths, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void What_changed_after_a_change_names_old_addresses_and_feeds_that_ended_since()
    {
        var renamed = SampleArticles.Search with { Formerly = [new FormerName("SEO", "seo"), new FormerName(SampleArticles.Search.Name, SampleArticles.Search.Slug)] };
        var over = new Category(9, "Prix", "prix") { Formerly = [new FormerName("Tarifs", "tarifs")] };

        var snapshot = FeedSnapshot.Following(null, State(3, 30), [At(renamed, 20), At(over, 30, isEnded: true)]);

        Assert.Equal(Formats("categories/referencement-seo"), snapshot.ChangedAfter(19).Paths.Where(path => path.StartsWith('c')), StringComparer.Ordinal);
        Assert.Equal(Formats("categories/seo"), snapshot.ChangedAfter(19).FormerPaths, StringComparer.Ordinal);
        Assert.Empty(snapshot.ChangedAfter(20).FormerPaths);
        Assert.Equal([.. Formats("categories/prix"), .. Formats("categories/tarifs")], snapshot.ChangedAfter(29).EndedPaths, StringComparer.Ordinal);
        Assert.Empty(snapshot.ChangedAfter(30).EndedPaths);

        static string[] Formats(string folder) => [folder + "/feed.atom", folder + "/feed.json", folder + "/feed.rss"];
    }

    private static StoreState State(long change, int second) => new(change, change, Start.AddSeconds(second), change);

    private static CategoryState At(Category category, int second, bool isEnded = false) => new(category, isEnded ? 0 : 1, Start.AddSeconds(second), second, 1, isEnded);

    private static FeedShelf Shelf(FeedSnapshot snapshot, Category category) => snapshot.Find($"categories/{category.Slug}/feed.rss")!.Value.Shelf;
}
