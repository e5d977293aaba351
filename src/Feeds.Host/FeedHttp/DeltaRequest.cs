using Feeds.Syndication;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>Requests for only what is new in a feed (RFC 3229): <c>A-IM: feed</c> with the entity tags that the reader has.</summary>
internal static class DeltaRequest
{
    /// <summary>The manipulation by name, in A-IM and in IM.</summary>
    public const string Manipulation = "feed";

    /// <summary>More tags than a reader keeps; the rest is not looked at.</summary>
    private const int MostTags = 8;

    /// <summary>What is new for that reader, or null where the whole feed is to be sent.</summary>
    public static FeedDocument? Find(IHeaderDictionary headers, FeedDocument document)
    {
        if (!Accepts(headers) || !EntityTagHeaderValue.TryParseList([.. headers.IfNoneMatch.OfType<string>()], out var tags))
        {
            return null;
        }

        return tags.Take(MostTags).Select(tag => document.Since(tag.Tag.ToString())).FirstOrDefault(delta => delta is not null);
    }

    private static bool Accepts(IHeaderDictionary headers) =>
        headers["A-IM"] is { Count: > 0 } wishes && wishes.Any(line => line is not null && line.Split(',').Any(IsWish));

    // Whoever gives it the weight 0 does not want it (RFC 3229 §10.5.3).
    private static bool IsWish(string element)
    {
        var parts = element.Split(';', StringSplitOptions.TrimEntries);
        return string.Equals(parts[0], Manipulation, StringComparison.OrdinalIgnoreCase)
            && !parts.Skip(1).Any(part => part.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && part.AsSpan(3).TrimStart(".0").IsEmpty);
    }
}
