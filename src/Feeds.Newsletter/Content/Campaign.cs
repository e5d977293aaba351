namespace Feeds.Newsletter.Content;

/// <summary>Marks an article's link with the edition it was read in: the issue, never the person.</summary>
internal static class Campaign
{
    /// <summary>Sets <c>utm_source</c>, <c>utm_medium</c> and <c>utm_campaign</c>; marking again changes nothing.</summary>
    public static string Mark(Uri link, string campaign)
    {
        var address = link.AbsoluteUri;
        var fragment = address.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? address[at..] : "";
        var withoutFragment = address[..^fragment.Length];
        var mark = withoutFragment.IndexOf('?', StringComparison.Ordinal);
        var kept = mark < 0 ? [] : withoutFragment[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Where(pair => !IsOurs(pair));
        var query = kept.Concat(["utm_source=newsletter", "utm_medium=email", $"utm_campaign={Uri.EscapeDataString(campaign)}"]);
        return $"{(mark < 0 ? withoutFragment : withoutFragment[..mark])}?{string.Join('&', query)}{fragment}";
    }

    private static bool IsOurs(string pair) =>
        pair.StartsWith("utm_source=", StringComparison.OrdinalIgnoreCase)
        || pair.StartsWith("utm_medium=", StringComparison.OrdinalIgnoreCase)
        || pair.StartsWith("utm_campaign=", StringComparison.OrdinalIgnoreCase);
}
