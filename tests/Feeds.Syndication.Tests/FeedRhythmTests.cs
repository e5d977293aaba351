using System.Globalization;
using System.Xml.Linq;
using Feeds.Articles;
using FsCheck.Xunit;

namespace Feeds.Syndication.Tests;

public sealed class FeedRhythmTests
{
    private static readonly XNamespace Syndication = FeedXml.Syndication;

    // Hours between entries; the hours from one visit to the next, max-age and stale-while-revalidate in minutes.
    [Theory]
    [InlineData("0 0 0 0", 1, 5, 10)]
    [InlineData("1 2 1", 1, 5, 10)]
    [InlineData("15.9 15.9", 1, 5, 10)]
    [InlineData("16 16", 2, 10, 20)]
    [InlineData("24 24 24", 3, 15, 30)]
    [InlineData("32 0 32 500 32", 4, 20, 40)]
    [InlineData("47 47", 4, 20, 40)]
    [InlineData("48 48", 6, 30, 60)]
    [InlineData("168 168 168", 6, 30, 60)]
    [InlineData("90000 1", 1, 5, 10)]
    public void The_more_seldom_something_is_new_the_more_seldom_a_visit_is_worth_it(string gaps, int hours, int maxAge, int stale)
    {
        var rhythm = FeedRhythm.Of(Dates(gaps));

        Assert.Equal((TimeSpan.FromHours(hours), TimeSpan.FromMinutes(maxAge), TimeSpan.FromMinutes(stale)), (rhythm.Interval, rhythm.MaxAge, rhythm.StaleWhileRevalidate));
        Assert.Equal(rhythm.Interval, (string.Equals(rhythm.Period, "hourly", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1)) / rhythm.Frequency);
    }

    [Fact]
    public void Fewer_than_three_entries_tell_no_rhythm()
    {
        Assert.Equal(TimeSpan.FromHours(1), FeedRhythm.Of([]).Interval);
        Assert.Equal(TimeSpan.FromHours(1), FeedRhythm.Of(Dates("1000")).Interval);
    }

    [Property]
    public void Whatever_the_dates_and_their_order_no_header_contradicts_the_feed(long[] seconds)
    {
        var dates = seconds.Select(second => DateTimeOffset.UnixEpoch.AddSeconds(second % 4_000_000_000)).ToList();

        var rhythm = FeedRhythm.Of(dates);

        Assert.Contains((int)rhythm.Interval.TotalHours, (int[])[1, 2, 3, 4, 6]);
        Assert.InRange(rhythm.MaxAge, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));
        Assert.True(rhythm.MaxAge + rhythm.StaleWhileRevalidate < rhythm.Interval);
        Assert.Equal(rhythm.Interval, FeedRhythm.Of(Enumerable.Reverse(dates)).Interval);
    }

    [Fact]
    public void The_feed_says_it_in_ttl_and_in_the_syndication_module_and_the_document_to_caches()
    {
        var articles = Dates("24 24 24").Select((date, number) => SampleArticles.Create(number + 1) with { Published = date, Updated = date }).ToList();

        var channel = FeedWriterTests.Parse(SampleArticles.Write(FeedFormat.Rss, null, articles)).Root!.Element("channel")!;
        var document = new FeedDocument("feed.rss", "", default, DateTimeOffset.UnixEpoch, FeedRhythm.Of(articles.Select(article => article.Published)));

        Assert.Equal(("180", "daily", "8"), (channel.Element("ttl")!.Value, channel.Element(Syndication + "updatePeriod")!.Value, channel.Element(Syndication + "updateFrequency")!.Value));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)), (document.MaxAge, document.StaleWhileRevalidate, document.StaleIfError));
    }

    private static List<DateTimeOffset> Dates(string gaps)
    {
        var dates = new List<DateTimeOffset> { new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero) };
        dates.AddRange(gaps.Split(' ').Select(hours => double.Parse(hours, CultureInfo.InvariantCulture)).Select(hours => dates[0].AddHours(hours)));
        for (var index = 2; index < dates.Count; index++)
        {
            dates[index] = dates[index - 1] + (dates[index] - dates[0]);
        }

        return dates;
    }
}
