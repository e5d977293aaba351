using System.Globalization;
using Feeds.Host.Security;
using Feeds.Syndication.Hub;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.FeedHttp;

/// <summary>The hub over HTTP (https://www.w3.org/TR/websub/ §5.1): takes the form and says in plain text what becomes of it.</summary>
internal static class HubEndpoints
{
    public const string Path = "/hub";

    /// <summary>Two addresses of 2,048 characters, each of them percent-encoded, and the rest.</summary>
    private const int LongestForm = 16 * 1024;

    private const int MostFields = 20;

    private static readonly TimeSpan WhenFull = TimeSpan.FromMinutes(10);

    public static void MapHub(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(Path, TakeAsync)
            .WithMetadata(new RequestSizeLimitAttribute(LongestForm))
            .RequireRateLimiting(SiteSecurity.HubLimit);

    private static async Task<IResult> TakeAsync(HttpContext context, WebSubHub hub)
    {
        if (!hub.IsOpen)
        {
            return Say(StatusCodes.Status404NotFound, "There is no hub here.");
        }

        if (!context.Request.HasFormContentType || context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Say(StatusCodes.Status415UnsupportedMediaType, "This is a hub for feeds (https://www.w3.org/TR/websub/); send a form, as application/x-www-form-urlencoded.");
        }

        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(
                new FormOptions { ValueCountLimit = MostFields, KeyLengthLimit = 200, ValueLengthLimit = LongestForm, BufferBodyLengthLimit = LongestForm }, context.RequestAborted);
        }
        catch (BadHttpRequestException refused)
        {
            return Say(refused.StatusCode, "The form can’t be read, or is longer than 16 KB; send only the fields of the specification.");
        }
        catch (InvalidDataException)
        {
            return Say(StatusCodes.Status400BadRequest, $"The form has more than {MostFields} fields, or one that is too long; send only those of the specification.");
        }

        if (form.FirstOrDefault(field => field.Key.StartsWith("hub.", StringComparison.Ordinal) && field.Value.Count > 1).Key is { } twice)
        {
            return Say(StatusCodes.Status400BadRequest, $"{Shown(twice)} is there more than once; send it once.");
        }

        var answer = await hub.TakeAsync(
            new HubRequest(form["hub.mode"], form["hub.topic"], form["hub.callback"], form["hub.lease_seconds"], form["hub.secret"]), context.RequestAborted);
        if (answer.Kind == HubAnswerKind.Full)
        {
            context.Response.Headers.RetryAfter = WhenFull.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return Say(
            answer.Kind switch
            {
                HubAnswerKind.Accepted => StatusCodes.Status202Accepted,
                HubAnswerKind.Full => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status400BadRequest,
            },
            answer.Sentence);
    }

    private static string Shown(string field) => field.All(letter => char.IsAsciiLetter(letter) || letter is '.' or '_') ? field : "A field";

    private static IResult Say(int status, string sentence) => Results.Text(sentence + "\n", "text/plain; charset=utf-8", statusCode: status);
}
