using System.Diagnostics;

namespace Feeds.Syndication;

/// <summary>The wire formats in which every feed exists.</summary>
internal enum FeedFormat
{
    /// <summary>RSS 2.0.</summary>
    Rss,

    /// <summary>Atom (RFC 4287).</summary>
    Atom,

    /// <summary>JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).</summary>
    Json,
}

internal static class FeedFormats
{
    public static IReadOnlyList<FeedFormat> All { get; } = [FeedFormat.Rss, FeedFormat.Atom, FeedFormat.Json];

    public static string FileName(this FeedFormat format) => format switch
    {
        FeedFormat.Rss => "feed.rss",
        FeedFormat.Atom => "feed.atom",
        FeedFormat.Json => "feed.json",
        _ => throw new UnreachableException(),
    };

    public static string ContentType(this FeedFormat format) => format switch
    {
        FeedFormat.Rss => "application/rss+xml; charset=utf-8",
        FeedFormat.Atom => "application/atom+xml; charset=utf-8",
        FeedFormat.Json => "application/feed+json; charset=utf-8",
        _ => throw new UnreachableException(),
    };
}
