using System.Data.Common;
using Feeds.Host.Security;
using Feeds.Mail;
using Feeds.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Startup;

/// <summary>Where relays post what became of mails. Their signature is their authority; 200 says that what follows is committed.</summary>
internal static class MailEventEndpoints
{
    public static void MapMailEvents(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/mail/events/{relay}", TakeAsync)
            .WithMetadata(new RequestSizeLimitAttribute(RelayEvents.MostOctets))
            .RequireRateLimiting(SiteSecurity.EventLimit);

    private static async Task<IResult> TakeAsync(string relay, HttpContext context, RelayEvents events, ILoggerFactory logs)
    {
        if (!events.Knows(relay))
        {
            return Say(StatusCodes.Status404NotFound, "No such relay is set.");
        }

        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException refused)
        {
            return Say(refused.StatusCode, "The body can't be read, or is longer than 1 MB.");
        }

        try
        {
            var answer = await events.TakeAsync(relay, body.GetBuffer().AsMemory(0, (int)body.Length), name => context.Request.Headers[name] is [var value] ? value : null, context.RequestAborted);
            return answer switch
            {
                EventAnswer.Done => Say(StatusCodes.Status200OK, "Done."),
                EventAnswer.Forged => Say(StatusCodes.Status401Unauthorized, "The signature is missing, wrong or too old."),
                EventAnswer.TooMany => Say(StatusCodes.Status413PayloadTooLarge, $"There are more than {RelayEvents.MostEvents} events; post fewer at once."),
                EventAnswer.Later => Say(StatusCodes.Status503ServiceUnavailable, "This can't be looked at now; post it again."),
                _ => Say(StatusCodes.Status400BadRequest, "These are no events in the relay's documented form."),
            };
        }
        catch (Exception refused) when (refused is DbException or StorageException)
        {
            Log.EventsRefused(logs.CreateLogger("Feeds"), refused.GetType().Name);
            return Say(StatusCodes.Status503ServiceUnavailable, "The database does not answer; post it again.");
        }
    }

    private static IResult Say(int status, string sentence) => Results.Text(sentence + "\n", "text/plain; charset=utf-8", statusCode: status);
}
