using System.Globalization;
using System.Text.Json;
using Feeds.Host.Security;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Api;

/// <summary><c>POST /api/subscribe</c>: the form of <c>/subscribe</c> for programs, and for pages of the sites that <c>Newsletter:Join:AllowedOrigins</c> names.</summary>
internal static class JoinApi
{
    public const string Path = "/api/subscribe";

    /// <summary>Name of the policy that lets the scripts of those pages read the answer.</summary>
    public const string Origins = "join";

    private const int LongestBody = 16 * 1024;

    /// <summary>How long who finds no room is asked to wait.</summary>
    public static readonly TimeSpan WhenFull = TimeSpan.FromMinutes(10);

    public static void MapJoinApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(Path, TakeAsync)
            .WithMetadata(new RequestSizeLimitAttribute(LongestBody))
            .RequireCors(Origins)
            .RequireRateLimiting(SiteSecurity.FormLimit);

    private static async Task<IResult> TakeAsync(HttpContext context, Subscribers subscribers)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Say(StatusCodes.Status415UnsupportedMediaType, "refused", "Send JSON, as application/json.");
        }

        Body? body;
        try
        {
            body = await context.Request.ReadFromJsonAsync<Body>(context.RequestAborted);
        }
        catch (JsonException)
        {
            body = null;
        }
        catch (BadHttpRequestException refused)
        {
            return Say(refused.StatusCode, "refused", "The body can't be read, or is longer than 16 KB.");
        }

        if (body is null)
        {
            return Say(StatusCodes.Status400BadRequest, "refused", "Write {\"email\": \"name@example.org\", \"cadence\": \"weekly\", \"categories\": []}; all but the categories are needed.");
        }

        var form = new JoinForm(body.Email, body.Cadence, body.Categories ?? []) { From = context.Connection.RemoteIpAddress, IsSure = body.Sure };
        var answer = await subscribers.AskAsync(form, context.RequestAborted);
        if (answer.Outcome == JoinOutcome.Later)
        {
            context.Response.Headers.RetryAfter = WhenFull.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return answer.Outcome switch
        {
            JoinOutcome.Taken => Say(StatusCodes.Status202Accepted, "taken", "A mail asks for confirmation."),
            JoinOutcome.Misspelt => Say(StatusCodes.Status422UnprocessableEntity, "misspelt", answer.Text!),
            JoinOutcome.Later => Say(StatusCodes.Status503ServiceUnavailable, "later", "Too many ask at the moment."),
            JoinOutcome.Unknown => Say(StatusCodes.Status404NotFound, "refused", answer.Text!),
            _ => Say(StatusCodes.Status422UnprocessableEntity, "refused", answer.Text!),
        };
    }

    /// <param name="status">Of HTTP.</param>
    /// <param name="outcome">For programs: <c>taken</c>, <c>refused</c>, <c>misspelt</c>, <c>later</c>.</param>
    /// <param name="message">For people; after <c>misspelt</c> the address that was probably meant. Send that one, or the same once more with <c>"sure": true</c>.</param>
    private static IResult Say(int status, string outcome, string message) => Results.Json(new { outcome, message }, statusCode: status);

    private sealed record Body(string? Email, string? Cadence, IReadOnlyList<string>? Categories, bool Sure = false);
}
