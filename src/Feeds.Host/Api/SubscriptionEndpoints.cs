using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Api;

/// <summary><c>/api/v1/subscribers/{id}/subscriptions/{newsletter}</c>: what somebody gets of a newsletter.</summary>
internal static class SubscriptionEndpoints
{
    private const string Path = $"{SubscriberEndpoints.Path}/{{id:long}}/subscriptions/{{newsletter}}";
    private const string Source = "api";

    public static void MapSubscriptions(this IEndpointRouteBuilder api)
    {
        api.MapGet(Path, FindAsync).Needs(ApiScope.Read).WithName("getSubscription")
            .WithSummary("A subscription.")
            .Produces<SubscriptionBody>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut(Path, ChangeAsync).Needs(ApiScope.Write).WithName("changeSubscription")
            .WithSummary("Changes what a subscriber gets.")
            .WithDescription("If-Match says which state the change was decided upon: the ETag of what was read, or `*`. What was new since their last edition stays new. Nobody is subscribed by it.")
            .Accepts<SettingsBody>("application/json")
            .Produces<SubscriptionBody>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status428PreconditionRequired);
        api.MapDelete(Path, LeaveAsync).Needs(ApiScope.Write).WithName("endSubscription")
            .WithSummary("Ends a subscription.")
            .WithDescription("Every delivery of it that has not begun ends too. Doing so again changes nothing. If-Match may say which state that was decided upon.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<IResult> FindAsync(
        HttpContext context, long id, string newsletter, SubscriberDirectory directory, [FromHeader(Name = "If-None-Match")] string? known = null) =>
        Of(await directory.FindAsync(id, context.RequestAborted), newsletter) is { } found
            ? context.ShowVersion(found.Version, known, () => Results.Ok(SubscriptionBody.Of(found)))
            : ApiProblem.NotFound("There is no such subscriber, or they have no such subscription.");

    private static async Task<IResult> ChangeAsync(
        HttpContext context, long id, string newsletter, SubscriberDirectory directory, [FromHeader(Name = "If-Match")] string? decidedUpon = null)
    {
        if (decidedUpon is null)
        {
            return ApiProblem.PreconditionRequired();
        }

        var (body, _, problem) = await ApiBody.ReadAsync<SettingsBody>(context);
        if (problem is not null)
        {
            return problem;
        }

        if (!body!.IsBounded)
        {
            return ApiProblem.Unprocessable("There are more than 200 categories or authors, or one of them is null.");
        }

        var answer = await directory.ChangeAsync(id, newsletter, body.Settings, body.PausedUntil, ApiConditions.Versions(decidedUpon), Source, context.RequestAborted);
        if (answer.Outcome != SubscriberOutcome.Done)
        {
            return ApiProblem.Of(answer);
        }

        var now = Of(answer.Subscriber, newsletter)!;
        context.Response.Headers.ETag = $"\"{now.Version}\"";
        return Results.Ok(SubscriptionBody.Of(now));
    }

    private static async Task<IResult> LeaveAsync(
        HttpContext context, long id, string newsletter, SubscriberDirectory directory, [FromHeader(Name = "If-Match")] string? decidedUpon = null)
    {
        var answer = await directory.LeaveAsync(id, newsletter, ApiConditions.Versions(decidedUpon), Source, context.RequestAborted);
        return answer.Outcome == SubscriberOutcome.Done ? Results.NoContent() : ApiProblem.Of(answer);
    }

    private static SubscriptionEntry? Of(SubscriberEntry? subscriber, string newsletter) =>
        subscriber?.Subscriptions.FirstOrDefault(one => string.Equals(one.Newsletter, newsletter, StringComparison.Ordinal));
}
