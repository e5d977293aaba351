namespace Feeds.Syndication.Hub;

/// <summary>Which documents can be topics: the live feeds, neither their archives nor the list of them all.</summary>
internal static class LiveFeeds
{
    /// <summary>Whether a live feed may be at that path below the base.</summary>
    public static bool IsPath(string path) =>
        FeedFormats.All.Any(format =>
            string.Equals(path, format.FileName(), StringComparison.Ordinal)
            || (path.StartsWith("categories/", StringComparison.Ordinal)
                && path.EndsWith("/" + format.FileName(), StringComparison.Ordinal)
                && path.Count(letter => letter == '/') == 2));
}
