using Feeds.Articles;

namespace Feeds.Syndication.Tests;

public sealed class FeedSettingsTests
{
    [Fact]
    public void Every_setting_that_feeds_show_makes_another_line()
    {
        Action<PublicationOptions>[] changes =
        [
            _ => { }, options => options.BaseUrl = "https://other.example", options => options.Title = "x", options => options.Description = "x",
            options => options.Language = "x", options => options.Author = "x",
            options => options.Rights = "x", options => options.Icon = "x", options => options.Logo = "x",
        ];
        Action<FeedOptions>[] feedChanges =
        [
            feeds => feeds.Length = 20, feeds => feeds.Content = FeedContent.Summary, feeds => feeds.Categories.Add(new CategoryFeedOptions { Slug = "x", Length = 30 }),
            feeds => feeds.Categories.Add(new CategoryFeedOptions { Slug = "x", Content = FeedContent.Summary }),
            feeds => feeds.Podcast.Category = "Arts", feeds => feeds.Podcast.Email = "a@b.example",
            feeds => feeds.Hub.Enabled = false, feeds => feeds.Hubs.Add("https://hub.example/"),
        ];

        Assert.Equal(changes.Length + feedChanges.Length, changes.Select(change => Describe(change)).Concat(feedChanges.Select(change => Describe(_ => { }, change))).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void What_makes_no_difference_in_a_feed_makes_none_here() =>
        Assert.Equal(Describe(_ => { }), Describe(options => (options.BaseUrl, options.TimeZone) = (options.BaseUrl + "/", "Asia/Tokyo")));

    private static string Describe(Action<PublicationOptions> change, Action<FeedOptions>? changeFeeds = null)
    {
        var options = new PublicationOptions();
        change(options);
        var feeds = new FeedOptions();
        changeFeeds?.Invoke(feeds);
        return FeedSettings.Describe(options, feeds);
    }
}
