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
        ];

        Assert.Equal(changes.Length, changes.Select(Describe).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void What_makes_no_difference_in_a_feed_makes_none_here() =>
        Assert.Equal(Describe(_ => { }), Describe(options => (options.BaseUrl, options.TimeZone) = (options.BaseUrl + "/", "Asia/Tokyo")));

    private static string Describe(Action<PublicationOptions> change)
    {
        var options = new PublicationOptions();
        change(options);
        return FeedSettings.Describe(options);
    }
}
