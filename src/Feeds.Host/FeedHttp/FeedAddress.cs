namespace Feeds.Host.FeedHttp;

/// <summary>Which addresses are those of feeds, whether there is one or not; <see cref="Feeds.Syndication.FeedLibrary"/> knows which exist.</summary>
internal static class FeedAddress
{
    /// <summary>The list of all feeds (OPML).</summary>
    public const string List = "/feeds.opml";

    /// <summary>Where programs look for that list without having been told of it (RFC 8615).</summary>
    public const string WellKnown = "/.well-known/feeds";

    /// <summary><c>feed.rss</c>, <c>feed.atom</c> or <c>feed.json</c> in any folder, or one of the two above. There is one spelling of each.</summary>
    public static bool IsOne(string path) =>
        path.AsSpan(path.LastIndexOf('/') + 1) is "feed.rss" or "feed.atom" or "feed.json" || path is List or WellKnown;
}
