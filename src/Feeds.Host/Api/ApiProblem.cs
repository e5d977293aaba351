using Feeds.Newsletter;

namespace Feeds.Host.Api;

/// <summary>What is wrong, as <c>application/problem+json</c> (RFC 9457). Programs go by the type, which stays; titles and details are for people.</summary>
internal static class ApiProblem
{
    /// <summary>All types, with what each means.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [UnauthenticatedType] = "The token is lacking, wrong, revoked or over.",
        [ForbiddenType] = "The token may not do this.",
        [NotFoundType] = "There is nothing there.",
        [InvalidType] = "The request can't be understood, or asks for what can't be had.",
        [UnsupportedType] = "The body isn't JSON, or the method isn't answered here.",
        [TooLargeType] = "The body is longer than it may be.",
        [PreconditionRequiredType] = "A change must say what it was decided upon.",
        [PreconditionFailedType] = "It was changed since it was read.",
        [NotSubscribedType] = "The subscription isn't confirmed, or has ended.",
        [ErasedType] = "The person was erased.",
        [MisspeltType] = "The address looks like a slip.",
        [KeyReusedType] = "The key was used for another request.",
        [InProgressType] = "The same request is being answered just now.",
        [TooManyType] = "There were too many requests.",
        [UnavailableType] = "It can't be done now, and can be tried again.",
        [FailedType] = "The program made a mistake.",
    };

    private const string UnauthenticatedType = "unauthenticated";
    private const string ForbiddenType = "insufficient-scope";
    private const string NotFoundType = "not-found";
    private const string InvalidType = "invalid-request";
    private const string UnsupportedType = "unsupported";
    private const string TooLargeType = "too-large";
    private const string PreconditionRequiredType = "precondition-required";
    private const string PreconditionFailedType = "precondition-failed";
    private const string NotSubscribedType = "not-subscribed";
    private const string ErasedType = "erased";
    private const string MisspeltType = "misspelt-address";
    private const string KeyReusedType = "idempotency-key-reused";
    private const string InProgressType = "request-in-progress";
    private const string TooManyType = "too-many-requests";
    private const string UnavailableType = "unavailable";
    private const string FailedType = "internal";

    public static IResult Unauthenticated(bool wasGiven) => Of(
        StatusCodes.Status401Unauthorized,
        UnauthenticatedType,
        wasGiven ? "This token is none of ours, was revoked, or is over. feeds token add makes one." : "Send a token: Authorization: Bearer feeds_…; feeds token add makes one.");

    public static IResult Forbidden(string scope) => Of(StatusCodes.Status403Forbidden, ForbiddenType, $"This needs a token with the scope {scope}.");

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, NotFoundType, detail);

    public static IResult Invalid(string detail) => Of(StatusCodes.Status400BadRequest, InvalidType, detail);

    public static IResult Unprocessable(string detail) => Of(StatusCodes.Status422UnprocessableEntity, InvalidType, detail);

    public static IResult Misspelt(string meant) => Of(
        StatusCodes.Status422UnprocessableEntity, MisspeltType, "Send the address that was meant, or this one once more with \"sure\": true.", new(StringComparer.Ordinal) { ["suggestion"] = meant });

    public static IResult PreconditionRequired() => Of(
        StatusCodes.Status428PreconditionRequired, PreconditionRequiredType, "Send If-Match with the ETag of what you read, or * for whatever there is.");

    public static IResult KeyReused() => Of(StatusCodes.Status422UnprocessableEntity, KeyReusedType, "This Idempotency-Key came with another request before; take a new one for each.");

    public static IResult InProgress() => Of(StatusCodes.Status409Conflict, InProgressType, "The first request with this Idempotency-Key isn't answered yet; ask again in a moment.");

    public static IResult Unavailable(string detail) => Of(StatusCodes.Status503ServiceUnavailable, UnavailableType, detail);

    /// <summary>Why a change was not made.</summary>
    public static IResult Of(SubscriberAnswer answer) => answer.Outcome switch
    {
        SubscriberOutcome.Unknown => NotFound(answer.Reason!),
        SubscriberOutcome.ChangedSince => Of(StatusCodes.Status412PreconditionFailed, PreconditionFailedType, answer.Reason!),
        SubscriberOutcome.NotSubscribed => Of(
            StatusCodes.Status409Conflict, NotSubscribedType, "Nobody is subscribed by a change: ask them to confirm, or vouch for their consent, by POST to /api/v1/subscribers."),
        SubscriberOutcome.Erased => Of(StatusCodes.Status409Conflict, ErasedType, answer.Reason!),
        _ => Unprocessable(answer.Reason!),
    };

    /// <summary>What else answered with a status alone.</summary>
    public static IResult Of(int status) => status switch
    {
        StatusCodes.Status404NotFound => NotFound("There is nothing at this address; /api/v1/openapi.json says what there is."),
        StatusCodes.Status405MethodNotAllowed => Of(status, UnsupportedType, "This address doesn't answer that method; the header Allow says which."),
        StatusCodes.Status413PayloadTooLarge => Of(status, TooLargeType, "The body is longer than 64 KB."),
        StatusCodes.Status415UnsupportedMediaType => Of(status, UnsupportedType, "Send JSON, as application/json."),
        StatusCodes.Status429TooManyRequests => Of(status, TooManyType, "Wait as long as Retry-After says."),
        StatusCodes.Status503ServiceUnavailable => Unavailable("The database does not answer; ask again in a while."),
        >= 500 => Of(status, FailedType, "The program made a mistake; its log says more."),
        _ => Of(status, InvalidType, "A parameter or a header isn't what it may be; /api/v1/openapi.json says what there is."),
    };

    private static IResult Of(int status, string type, string detail, Dictionary<string, object?>? more = null) =>
        Results.Problem(detail, statusCode: status, title: Types[type], type: $"urn:feeds:problem:{type}", extensions: more);
}
