using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>What the preconditions of a request ask for.</summary>
internal enum PreconditionResult
{
    /// <summary>They hold, or there are none: the whole representation.</summary>
    Send,

    /// <summary>304: the reader has it.</summary>
    NotModified,

    /// <summary>412: the reader wants only what it knows, and that is gone.</summary>
    Failed,
}

/// <summary>The preconditions of a GET or HEAD, in the order of RFC 9110 §13.2.2. There are no ranges, so If-Range says nothing.</summary>
internal static class Preconditions
{
    /// <param name="headers">Of the request.</param>
    /// <param name="entityTag">Of the representation that would be sent: strong, with its quotes.</param>
    /// <param name="lastModified">Of the same, whole seconds.</param>
    public static PreconditionResult Evaluate(IHeaderDictionary headers, string entityTag, DateTimeOffset lastModified)
    {
        // Where there are tags the date beside them says nothing, not even if they can't be read (§13.1.3, §13.1.4).
        var isWanted = headers.IfMatch is { Count: > 0 } wanted
            ? Name(wanted, entityTag, isStrong: true)
            : ReadDate(headers.IfUnmodifiedSince) is not { } unmodifiedSince || lastModified <= unmodifiedSince;
        if (!isWanted)
        {
            return PreconditionResult.Failed;
        }

        var isKnown = headers.IfNoneMatch is { Count: > 0 } known
            ? Name(known, entityTag, isStrong: false)
            : ReadDate(headers.IfModifiedSince) is { } modifiedSince && lastModified <= modifiedSince;
        return isKnown ? PreconditionResult.NotModified : PreconditionResult.Send;
    }

    // A date that can't be read, or more than one, is none.
    private static DateTimeOffset? ReadDate(StringValues field) =>
        field is [{ } date] && HeaderUtilities.TryParseDate(date, out var read) ? read : null;

    private static bool Name(StringValues fields, string entityTag, bool isStrong)
    {
        foreach (var field in fields)
        {
            if (Names(field, entityTag, isStrong))
            {
                return true;
            }
        }

        return false;
    }

    // Ours is strong, so a weak tag equals it by weak comparison alone (§8.8.3.2).
    private static bool Names(ReadOnlySpan<char> field, ReadOnlySpan<char> entityTag, bool isStrong)
    {
        var rest = field.Trim(" \t");
        if (rest is "*")
        {
            return true;
        }

        while (true)
        {
            rest = rest.TrimStart(" \t,");
            var isWeak = rest.StartsWith("W/");
            if (isWeak)
            {
                rest = rest[2..];
            }

            // A comma may stand inside the quotes, so what is unquoted can't be skipped with certainty.
            if (rest is not ['"', ..] || rest[1..].IndexOf('"') is not (>= 0 and var length))
            {
                return false;
            }

            if (!(isWeak && isStrong) && rest[..(length + 2)].SequenceEqual(entityTag))
            {
                return true;
            }

            rest = rest[(length + 2)..];
        }
    }
}
