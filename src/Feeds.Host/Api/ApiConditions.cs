using Microsoft.Net.Http.Headers;

namespace Feeds.Host.Api;

/// <summary>Conditional requests (RFC 9110 §13) for what has a version.</summary>
internal static class ApiConditions
{
    /// <summary>304 for who knows that version, else the answer with it.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="version">Of what is shown.</param>
    /// <param name="ifNoneMatch">The header; null where it is lacking or says nothing here.</param>
    /// <param name="answer">The whole.</param>
    public static IResult ShowVersion(this HttpContext context, string version, string? ifNoneMatch, Func<IResult> answer)
    {
        context.Response.Headers.ETag = $"\"{version}\"";
        return ifNoneMatch is not null && EntityTagHeaderValue.TryParseList([ifNoneMatch], out var known) && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || string.Equals(tag.Tag.Value, $"\"{version}\"", StringComparison.Ordinal))
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : answer();
    }

    /// <summary>The versions that If-Match names; null where it names whichever there is, or is lacking. Weak tags, and what is no tag, match nothing (§13.1.1).</summary>
    public static IReadOnlyCollection<string>? Versions(string? ifMatch)
    {
        if (ifMatch is null)
        {
            return null;
        }

        return !EntityTagHeaderValue.TryParseList([ifMatch], out var wanted) ? []
            : wanted.Any(tag => tag.Equals(EntityTagHeaderValue.Any)) ? null
            : [.. wanted.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.Value!.Trim('"'))];
    }
}
