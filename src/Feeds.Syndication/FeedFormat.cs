namespace Feeds.Syndication;

/// <summary>The wire formats in which every feed exists.</summary>
internal enum FeedFormat
{
    /// <summary>RSS 2.0.</summary>
    Rss,

    /// <summary>Atom (RFC 4287).</summary>
    Atom,
}

internal static class FeedFormats
{
    public static IReadOnlyList<FeedFormat> All { get; } = [FeedFormat.Rss, FeedFormat.Atom];

    public static string FileName(this FeedFormat format) => format == FeedFormat.Rss ? "feed.rss" : "feed.atom";

    public static string ContentType(this FeedFormat format) =>
        format == FeedFormat.Rss ? "application/rss+xml; charset=utf-8" : "application/atom+xml; charset=utf-8";
}
