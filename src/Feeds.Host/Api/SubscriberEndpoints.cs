using System.Buffers.Text;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Api;

/// <summary><c>/api/v1/subscribers</c>: people.</summary>
internal static class SubscriberEndpoints
{
    public const string Path = "/subscribers";
    private const int DefaultLimit = 50;
    private const int LongestProof = 190;
    private static readonly string[] Filters = ["newsletter", "state", "limit", "cursor"];

    public static void MapSubscribers(this IEndpointRouteBuilder api)
    {
        api.MapGet(Path, ListAsync).Needs(ApiScope.Read).WithName("listSubscribers")
            .WithSummary("Subscribers by number, some at a time.")
            .WithDescription("Who comes or goes while you read moves nobody else: each who is there all the while is met once.")
            .Produces<SubscriberPageBody>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost($"{Path}/lookup", LookUpAsync).Needs(ApiScope.Read).WithName("lookUpSubscriber")
            .WithSummary("The subscriber of an address.")
            .WithDescription("Changes nothing; a POST, because addresses of requests end up in logs.")
            .Accepts<AddressBody>("application/json")
            .Produces<SubscriberBody>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost(Path, AddAsync).Needs(ApiScope.Write).WithName("addSubscriber")
            .WithSummary("Asks a person by mail to confirm, or subscribes one whose consent you can prove.")
            .WithDescription(
                "Without `consent` the answer is 202 and the same for everybody, and the limits against abuse hold. With it the answer is 200 with the subscriber, who is subscribed at once. "
                + "With an Idempotency-Key (1–255 characters) the same request can be sent again for a day, and is done once.")
            .Accepts<NewSubscriberBody>("application/json")
            .Produces<SubscriberBody>().Produces<AskedBody>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet($"{Path}/{{id:long}}", FindAsync).Needs(ApiScope.Read).WithName("getSubscriber")
            .WithSummary("A subscriber.")
            .Produces<SubscriberBody>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapDelete($"{Path}/{{id:long}}", EraseAsync).Needs(ApiScope.Erase).WithName("eraseSubscriber")
            .WithSummary("Forgets a person for good.")
            .WithDescription("What has not begun to be sent to them ends. A keyed hash stays, so that no import and no program brings them back; they can ask anew themselves.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet($"{Path}/{{id:long}}/record", RecordAsync).Needs(ApiScope.Read).WithName("getRecord")
            .WithSummary("Everything that is held of a person: subscriptions, consent, mails.")
            .Produces<HeldDocument>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        HttpRequest request,
        SubscriberDirectory directory,
        CancellationToken cancellationToken,
        [Description("Only who has or had this newsletter, in that state where one is named.")] string? newsletter = null,
        [Description("Only who has a subscription that is confirmed, unconfirmed or left.")] string? state = null,
        [Description("1 to 200; 50 without it.")] int? limit = null,
        [Description("What the page before gave as next.")] string? cursor = null)
    {
        if (request.Query.FirstOrDefault(one => !Filters.Contains(one.Key, StringComparer.Ordinal) || one.Value.Count > 1) is { Key: { } })
        {
            return ApiProblem.Invalid($"What can be asked, each once: {string.Join(", ", Filters)}.");
        }

        if (!TryReadState(state, out var wanted))
        {
            return ApiProblem.Invalid("state is confirmed, unconfirmed or left.");
        }

        if (limit is < 1 or > SubscriberDirectory.MostAtOnce)
        {
            return ApiProblem.Invalid($"limit is a number from 1 to {SubscriberDirectory.MostAtOnce}.");
        }

        if (Cursor.Read(cursor) is not { } after)
        {
            return ApiProblem.Invalid("cursor is what the page before gave as next, or nothing.");
        }

        var page = await directory.ListAsync(new SubscriberQuery(Newsletter: newsletter, State: wanted), after, limit ?? DefaultLimit, cancellationToken);
        return Results.Ok(new SubscriberPageBody([.. page.Subscribers.Select(SubscriberBody.Of)], page.Next is { } next ? Cursor.Write(next) : null));
    }

    private static async Task<IResult> LookUpAsync(HttpContext context, SubscriberDirectory directory)
    {
        var (body, _, problem) = await ApiBody.ReadAsync<AddressBody>(context);
        return problem ?? ((await directory.ListAsync(new SubscriberQuery(body!.Email), 0, 1, context.RequestAborted)).Subscribers is [var entry] ? context.Show(entry) : NoSuch());
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, SubscriberDirectory directory, RepeatedRequests repeated, [FromHeader(Name = "Idempotency-Key"), Description("1 to 255 characters of your own.")] string? key = null)
    {
        if (key is { Length: 0 or > RepeatedRequests.LongestKey })
        {
            return ApiProblem.Invalid($"An Idempotency-Key has 1 to {RepeatedRequests.LongestKey} characters.");
        }

        var (body, bytes, problem) = await ApiBody.ReadAsync<NewSubscriberBody>(context);
        if (problem is not null)
        {
            return problem;
        }

        if (key is null)
        {
            return (await TakeAsync(context, directory, body!)).Result;
        }

        var name = RepeatedRequests.Name(context.User.FindFirstValue(ClaimTypes.NameIdentifier)!, key);
        switch (await repeated.BeginAsync(name, RepeatedRequests.Hash(bytes), context.RequestAborted))
        {
            case (RepeatedRequest.Other, _):
                return ApiProblem.KeyReused();
            case (RepeatedRequest.InProgress, _):
                context.Response.Headers.RetryAfter = "1";
                return ApiProblem.InProgress();
            case (RepeatedRequest.Answered, { } given):
                return given.SubscriberId is not { } id ? Asked()
                    : await directory.FindAsync(id, context.RequestAborted) is { } entry ? context.Show(entry)
                    : ApiProblem.NotFound("This request was done; the person was erased since.");
        }

        GivenAnswer? answer = null;
        try
        {
            (var result, answer) = await TakeAsync(context, directory, body!);
            return result;
        }
        finally
        {
            await repeated.EndAsync(name, answer);
        }
    }

    /// <returns>The answer, and what is to be said again where it was done.</returns>
    private static async Task<(IResult Result, GivenAnswer? Done)> TakeAsync(HttpContext context, SubscriberDirectory directory, NewSubscriberBody body)
    {
        IPAddress? visitor = null;
        if (body.Visitor is not null && !IPAddress.TryParse(body.Visitor, out visitor))
        {
            return (ApiProblem.Unprocessable("visitor is a network address, such as 203.0.113.7 or 2001:db8::7."), null);
        }

        if (body.Consent is { } consent)
        {
            if (string.IsNullOrWhiteSpace(consent.Source) || consent.Source.Length > LongestProof || consent.Source.Any(char.IsControl))
            {
                return (ApiProblem.Unprocessable($"consent.source says where and how they agreed, in 1 to {LongestProof} characters of one line."), null);
            }

            var added = await directory.AddAsync(body.Email, body.Cadence, body.Categories ?? [], consent.Source, context.RequestAborted);
            return added.Outcome == SubscriberOutcome.Done
                ? (context.Show(added.Subscriber!), new GivenAnswer(StatusCodes.Status200OK, added.Subscriber!.Id))
                : (ApiProblem.Of(added), null);
        }

        var form = new JoinForm(body.Email, body.Cadence, body.Categories ?? []) { From = visitor ?? context.Connection.RemoteIpAddress, IsSure = body.Sure };
        var asked = await directory.AskAsync(form, context.RequestAborted);
        switch (asked.Outcome)
        {
            case JoinOutcome.Taken:
                return (Asked(), new GivenAnswer(StatusCodes.Status202Accepted, null));
            case JoinOutcome.Misspelt:
                return (ApiProblem.Misspelt(asked.Text!), null);
            case JoinOutcome.Later:
                context.Response.Headers.RetryAfter = JoinApi.WhenFull.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                return (ApiProblem.Unavailable("More people wait for their mail than the limits of Newsletter:Join allow; ask again later."), null);
            default:
                return (ApiProblem.Unprocessable(asked.Text!), null);
        }
    }

    private static async Task<IResult> FindAsync(HttpContext context, long id, SubscriberDirectory directory, [FromHeader(Name = "If-None-Match")] string? known = null) =>
        await directory.FindAsync(id, context.RequestAborted) is { } entry ? context.Show(entry, known) : NoSuch();

    private static async Task<IResult> EraseAsync(long id, Erasure erasure, CancellationToken cancellationToken) =>
        await erasure.EraseAsync(id, cancellationToken) ? Results.NoContent() : NoSuch();

    private static async Task<IResult> RecordAsync(long id, Held held, CancellationToken cancellationToken) =>
        await held.ReadAsync(id, cancellationToken) is { } document ? Results.Ok(document) : NoSuch();

    private static IResult Asked() => Results.Json(new AskedBody(AskedOutcomeBody.Asked), statusCode: StatusCodes.Status202Accepted);

    private static IResult NoSuch() => ApiProblem.NotFound("There is no such subscriber.");

    private static IResult Show(this HttpContext context, SubscriberEntry entry, string? known = null) =>
        context.ShowVersion(entry.Version, known, () =>
        {
            context.Response.Headers.ContentLocation = $"{context.Request.PathBase}{ApiModule.Path}{Path}/{entry.Id.ToString(CultureInfo.InvariantCulture)}";
            return Results.Ok(SubscriberBody.Of(entry));
        });

    private static bool TryReadState(string? text, out SubscriptionState? state)
    {
        state = text switch
        {
            "confirmed" => SubscriptionState.Confirmed,
            "unconfirmed" => SubscriptionState.Unconfirmed,
            "left" => SubscriptionState.Left,
            _ => null,
        };
        return text is null || state is not null;
    }

    /// <summary>A place in the list: a number that programs shall not count with.</summary>
    private static class Cursor
    {
        public static string Write(long after)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, after);
            return Base64Url.EncodeToString(bytes);
        }

        /// <returns>The place; null where it isn't ours.</returns>
        public static long? Read(string? text)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            return text is null ? 0
                : text.Length == Base64Url.GetEncodedLength(sizeof(long)) && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == sizeof(long)
                    && System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) is > 0 and var after && string.Equals(Write(after), text, StringComparison.Ordinal) ? after
                : null;
        }
    }
}
