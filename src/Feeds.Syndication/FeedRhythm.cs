namespace Feeds.Syndication;

/// <summary>
/// How often a feed is worth a visit, from how often it had something new: all of it follows from the interval that RSS
/// readers are asked to keep, so that no header contradicts the feed.
/// </summary>
internal sealed class FeedRhythm
{
    /// <summary>Visits between two entries: who keeps to them has the news when an eighth of the usual wait is over.</summary>
    private const int VisitsPerEntry = 8;

    /// <summary>Those that divide a day, as <c>sy:updateFrequency</c> must.</summary>
    private static readonly int[] Hours = [6, 4, 3, 2, 1];

    private FeedRhythm(int hours) => Interval = TimeSpan.FromHours(hours);

    /// <summary>Of what has no history of entries.</summary>
    public static FeedRhythm Hourly { get; } = new(1);

    /// <summary>From one visit to the next: 1, 2, 3, 4 or 6 hours. RSS calls it <c>ttl</c>.</summary>
    public TimeSpan Interval { get; }

    /// <summary>How long a cache may hold the feed: a twelfth of the interval, 5 to 30 minutes.</summary>
    public TimeSpan MaxAge => Interval / 12;

    /// <summary>How long after that a shared cache may answer with it while it asks us. With <see cref="MaxAge"/> it is a quarter of the interval.</summary>
    public TimeSpan StaleWhileRevalidate => Interval / 6;

    /// <summary><c>sy:updatePeriod</c> (RSS 1.0 Syndication module).</summary>
    public string Period => Interval == Hourly.Interval ? "hourly" : "daily";

    /// <summary><c>sy:updateFrequency</c>: so many visits in a <see cref="Period"/>.</summary>
    public int Frequency => Interval == Hourly.Interval ? 1 : (int)(TimeSpan.FromDays(1) / Interval);

    /// <summary>
    /// The rhythm of entries that were published then, in any order: the median of the times between them. It depends on
    /// nothing else, above all on no clock, so the same entries have the same rhythm in every process. Fewer than three
    /// entries tell nothing.
    /// </summary>
    public static FeedRhythm Of(IEnumerable<DateTimeOffset> published)
    {
        var dates = published.Order().ToList();
        if (dates.Count < 3)
        {
            return Hourly;
        }

        var gaps = dates.Zip(dates.Skip(1), (one, next) => next - one).Order().ToList();
        var visit = gaps[(gaps.Count - 1) / 2] / VisitsPerEntry;
        return new FeedRhythm(Hours.First(hours => hours == 1 || TimeSpan.FromHours(hours) <= visit));
    }
}
