using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>Whether a GET or HEAD can be answered by 304 Not Modified (RFC 9110 §13).</summary>
internal static class ConditionalRequest
{
    /// <param name="headers">Of the request.</param>
    /// <param name="entityTag">Of the representation that would be sent, with its quotes.</param>
    /// <param name="lastModified">Of the same, whole seconds.</param>
    public static bool IsNotModified(IHeaderDictionary headers, string entityTag, DateTimeOffset lastModified)
    {
        var tags = headers.IfNoneMatch;
        if (tags.Count > 0)
        {
            // Where there are tags the date says nothing (§13.1.3), not even if they can't be read.
            foreach (var field in tags)
            {
                if (Names(field, entityTag))
                {
                    return true;
                }
            }

            return false;
        }

        return headers.IfModifiedSince is [{ } date] && HeaderUtilities.TryParseDate(date, out var since) && lastModified <= since;
    }

    // Weak comparison (§8.8.3.2): W/ makes no difference.
    private static bool Names(ReadOnlySpan<char> field, ReadOnlySpan<char> entityTag)
    {
        var rest = field.Trim(" \t");
        if (rest is "*")
        {
            return true;
        }

        while (true)
        {
            rest = rest.TrimStart(" \t,");
            if (rest.StartsWith("W/"))
            {
                rest = rest[2..];
            }

            // A comma may stand inside the quotes, so what is unquoted can't be skipped with certainty.
            if (rest is not ['"', ..] || rest[1..].IndexOf('"') is not (>= 0 and var length))
            {
                return false;
            }

            if (rest[..(length + 2)].SequenceEqual(entityTag))
            {
                return true;
            }

            rest = rest[(length + 2)..];
        }
    }
}
