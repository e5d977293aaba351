using System.Threading.RateLimiting;
using Feeds.Articles;
using Feeds.Host.Api;
using Feeds.Host.FeedHttp;
using Feeds.Host.Pages;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Security;

/// <summary>Who may do what over HTTP.</summary>
internal static class SiteSecurity
{
    /// <summary>Rate limit of forms that strangers post, by network address.</summary>
    public const string FormLimit = "forms";

    /// <summary>Rate limit of the hub, by network address: a reader of many people subscribes to every feed of a publication at once.</summary>
    public const string HubLimit = "hub";

    /// <summary>Rate limit of what relays post, by network address: some post each event alone, and repeat what is refused.</summary>
    public const string EventLimit = "events";

    /// <summary>Rate limit of <c>/api/v1</c>, by network address: a program works through its list as fast as it is answered.</summary>
    public const string ApiLimit = "api";

    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For a page that has a script: a file of ours, never what stands in the page.</summary>
    public const string ScriptedPolicy = ContentPolicy + "; script-src 'self'";

    public static IServiceCollection AddSiteSecurity(this IServiceCollection services)
    {
        services.AddSingleton<AdminAccount>().AddSingleton<AdminSessions>().AddSingleton<PasswordGuesses>();
        services.AddDataProtection().SetApplicationName("feeds");
        services.AddSingleton<StoredKeyRing>();
        services.AddOptions<KeyManagementOptions>().Configure<StoredKeyRing>((options, ring) => options.XmlRepository = ring);
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IOptions<PublicationOptions>, TimeProvider>((cookie, publication, clock) =>
            {
                cookie.Cookie.Name = "feeds.admin";
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = SecurePolicy(publication.Value);
                cookie.LoginPath = "/admin/login";
                cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
                cookie.TimeProvider = clock;
                cookie.Events.OnValidatePrincipal = AdminSessions.CheckAsync;
                cookie.Events.OnRedirectToLogin = RedirectToLoginAsync;
            });
        services.AddAntiforgery();
        services.AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>()
            .Configure<IOptions<PublicationOptions>>((options, publication) =>
            {
                options.Cookie.Name = "feeds.form";
                options.Cookie.SecurePolicy = SecurePolicy(publication.Value);
            });
        services.AddAuthorization();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<NewsletterOptions>>((cors, newsletter) => cors.AddPolicy(
            JoinApi.Origins, policy => policy.WithOrigins([.. newsletter.Value.Join.AllowedOrigins]).WithMethods(HttpMethods.Post).WithHeaders("Content-Type")));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "60";
                return ValueTask.CompletedTask;
            };
            limiter.AddPolicy(FormLimit, context => HttpMethods.IsPost(context.Request.Method)
                ? RateLimitPartition.GetSlidingWindowLimiter(
                    context.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new SlidingWindowRateLimiterOptions { PermitLimit = 20, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 })
                : RateLimitPartition.GetNoLimiter(""));
            limiter.AddPolicy(HubLimit, context => RateLimitPartition.GetSlidingWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new SlidingWindowRateLimiterOptions { PermitLimit = 300, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
            limiter.AddPolicy(EventLimit, context => RateLimitPartition.GetSlidingWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new SlidingWindowRateLimiterOptions { PermitLimit = 1_200, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
            limiter.AddPolicy(ApiLimit, context => RateLimitPartition.GetSlidingWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new SlidingWindowRateLimiterOptions { PermitLimit = 3_000, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
        });
        return services;
    }

    /// <summary>
    /// A proxy on this machine is believed whom it speaks for, or everybody behind it would share one rate limit. From
    /// elsewhere nobody is believed, unless <c>ForwardedHeaders_Enabled</c>, a setting of ASP.NET, says so.
    /// </summary>
    public static void UseProxyOfThisMachine(this WebApplication application)
    {
        application.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
        PathString folder = application.Services.GetRequiredService<IOptions<PublicationOptions>>().Value.Base.AbsolutePath.TrimEnd('/');
        if (folder.HasValue)
        {
            application.Use((context, next) =>
            {
                // A proxy takes the path of the public address away or leaves it in place; the pages' links need it either way.
                context.Request.PathBase = folder;
                context.Request.Path = context.Request.Path.StartsWithSegments(folder, StringComparison.Ordinal, out var below) ? below : context.Request.Path;
                return next(context);
            });
        }
    }

    public static void UseSiteSecurity(this WebApplication application)
    {
        application.UseApiProblems();
        var site = application.Services.GetRequiredService<IOptions<PublicationOptions>>().Value.Base;
        var join = application.Services.GetRequiredService<IOptions<NewsletterOptions>>().Value.Join;
        application.Use((context, next) =>
        {
            // A proxy may speak HTTPS for us; cookies and redirections are for who comes by the public address.
            context.Request.Scheme = site.Scheme;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.ContentSecurityPolicy = ContentPolicy;
            return IsForeignForm(context.Request, site, join)
                ? RefuseAsync(context)
                : next(context);
        });
        application.UseStaticFiles();
        application.UseRouting();
        // Before what refuses, so that a script may read why.
        application.UseCors();
        application.UseRateLimiter();
        application.UseAuthentication();
        application.UseAuthorization();
    }

    /// <summary>
    /// A form that another site's page posts in a visitor's name. The header's one-click POST (RFC 8058) comes from a mail
    /// program, which names no site, or any; its token is its authority. A request to the hub comes from a program too, and
    /// whoever owns its callback is asked.
    /// </summary>
    private static bool IsForeignForm(HttpRequest request, Uri site, JoinOptions join)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || request.Path.StartsWithSegments("/unsubscribe", StringComparison.Ordinal)
            || request.Path.StartsWithSegments(HubEndpoints.Path, StringComparison.Ordinal)
            || (IsJoining(request.Path) && join.AllowedOrigins.Contains(request.Headers.Origin.ToString(), StringComparer.OrdinalIgnoreCase)))
        {
            return false;
        }

        var fetchSite = request.Headers["Sec-Fetch-Site"].ToString();
        if (fetchSite.Length > 0)
        {
            return fetchSite is not ("same-origin" or "none");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !string.Equals(origin, site.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase)
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    // What a named site's page may do; it carries no cookie of ours, and whose address it is will be asked.
    private static bool IsJoining(PathString path) =>
        string.Equals(path, "/subscribe", StringComparison.OrdinalIgnoreCase) || string.Equals(path, JoinApi.Path, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("This form was sent from another site. Open the page itself and send it from there.\n");
    }

    // Without a host: the framework would write the one that the request names, and a cache might keep it for others.
    private static Task RedirectToLoginAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var asked = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
        context.Response.Redirect(context.Request.PathBase + context.Options.LoginPath + QueryString.Create(context.Options.ReturnUrlParameter, asked));
        return Task.CompletedTask;
    }

    private static CookieSecurePolicy SecurePolicy(PublicationOptions publication) =>
        string.Equals(publication.Base.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
}
