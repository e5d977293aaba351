using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace Feeds.Host.Pages;

/// <summary>The pages that people see, and the pictures in them.</summary>
internal static class SitePages
{
    public static IServiceCollection AddSitePages(this IServiceCollection services)
    {
        services.AddScoped<SiteView>();
        services.AddSingleton<Sitemap>();
        services.AddSingleton<LatestTitles>();
        services.AddRazorPages(pages =>
            {
                pages.Conventions.AuthorizeFolder("/Admin");
                pages.Conventions.AllowAnonymousToPage("/Admin/Login");
                pages.Conventions.AllowAnonymousToPage("/Admin/Setup");
            })
            .AddMvcOptions(mvc => mvc.Filters.Add<UnprovenFormFilter>());
        // Accents, guillemets and emoji stay letters; markup is encoded all the same.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddRouting(routing => routing.LowercaseUrls = true);
        return services;
    }

    private static void UseSiteLanguage(this WebApplication application)
    {
        var culture = CultureInfo.GetCultureInfo(application.Services.GetRequiredService<IOptions<PublicationOptions>>().Value.Language);
        application.Use((_, next) =>
        {
            CultureInfo.CurrentCulture = culture;
            CultureInfo.CurrentUICulture = culture;
            return next();
        });
    }

    public static void UseSitePages(this WebApplication application)
    {
        application.UseSiteLanguage();
        application.MapMedia();
        application.MapRazorPages();
        application.MapCrawlerPages();
    }

    /// <summary>Pictures and sounds are named by their content, so a cache may keep them for good. Players ask for parts of a sound.</summary>
    private static void MapMedia(this WebApplication application) =>
        application.MapMethods("/media/{name}", [HttpMethods.Get, HttpMethods.Head], async (string name, ArticleStore articles, HttpResponse response, CancellationToken cancellationToken) =>
        {
            if (await articles.FindMediaAsync(name, cancellationToken) is not { } media)
            {
                return Results.NotFound();
            }

            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(media.Content, media.ContentType, enableRangeProcessing: true);
        });

    /// <summary>A form without our token was not sent by the page's reader: 403, not the framework's 400.</summary>
    private sealed class UnprovenFormFilter : IAlwaysRunResultFilter
    {
        public void OnResultExecuting(ResultExecutingContext context)
        {
            if (context.Result is IAntiforgeryValidationFailedResult)
            {
                context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden);
            }
        }

        public void OnResultExecuted(ResultExecutedContext context)
        {
        }
    }
}
