using System.Data.Common;
using System.Text.Json.Serialization;
using Feeds.Host.Security;
using Feeds.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Api;

/// <summary>The door of <c>/api/v1</c>: subscribers, for programs with a token.</summary>
internal static class ApiModule
{
    public const string Path = "/api/v1";

    private const int LongestBody = 64 * 1024;

    /// <summary>What commands have of it too.</summary>
    public static IServiceCollection AddApiTokens(this IServiceCollection services) =>
        services.AddSingleton<ApiTokens>().AddMigrations(typeof(ApiModule).Assembly);

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddSingleton<RepeatedRequests>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null);
        // Numbers are numbers, and the document says so.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddApiDocument();
        return services;
    }

    /// <summary>Whatever goes wrong below <see cref="Path"/> is said as a problem, and not as a page. Before what routes.</summary>
    public static void UseApiProblems(this WebApplication application) => application.UseWhen(
        context => context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal),
        api =>
        {
            api.UseExceptionHandler(failing => failing.Run(context =>
            {
                var isAway = context.Features.Get<IExceptionHandlerFeature>()?.Error is DbException failed && Database.IsUnavailable(failed);
                return ApiProblem.Of(isAway ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError).ExecuteAsync(context);
            }));
            api.UseStatusCodePages(answered => ApiProblem.Of(answered.HttpContext.Response.StatusCode).ExecuteAsync(answered.HttpContext));
            api.Use((context, next) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return next(context);
            });
        });

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapJoinApi();
        var api = endpoints.MapGroup(Path).WithMetadata(new RequestSizeLimitAttribute(LongestBody)).RequireRateLimiting(SiteSecurity.ApiLimit).WithTags("subscribers");
        api.MapNewsletters();
        api.MapSubscribers();
        api.MapSubscriptions();
        api.MapApiDocument();
    }

    /// <summary>Only for a token with that scope; a session of <c>/admin</c> is worth nothing here.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string scope) => endpoint
        .WithMetadata(new NeededScope(scope))
        .RequireAuthorization(new AuthorizationPolicyBuilder(ApiTokenHandler.SchemeName).RequireAuthenticatedUser().RequireClaim(ApiTokenHandler.ScopeClaim, scope).Build())
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
}
