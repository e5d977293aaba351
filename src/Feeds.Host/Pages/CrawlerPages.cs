using System.Text;
using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages;

/// <summary>What search engines ask for: <c>/robots.txt</c> (RFC 9309) and <c>/sitemap.xml</c>.</summary>
internal static class CrawlerPages
{
    private static readonly string[] Files = ["/sitemap.xml", "/sitemap-{part}.xml"];

    public static void MapCrawlerPages(this WebApplication application)
    {
        var robots = CrawlerFile.Of(Robots(application.Services.GetRequiredService<IOptions<PublicationOptions>>().Value.Base));
        application.MapMethods("/robots.txt", [HttpMethods.Get, HttpMethods.Head], (HttpResponse response) => Send(response, robots, "text/plain; charset=utf-8"));
        foreach (var file in Files)
        {
            application.MapMethods(file, [HttpMethods.Get, HttpMethods.Head], async (HttpContext context, Sitemap sitemap) =>
                await sitemap.FindAsync(context.Request.Path.Value!.Trim('/'), context.RequestAborted) is { } found
                    ? Send(context.Response, found, "application/xml; charset=utf-8")
                    : Results.NotFound());
        }
    }

    /// <summary>The base's own path is part of each rule: crawlers look for this file at the root of the host alone.</summary>
    private static byte[] Robots(Uri publicationBase)
    {
        var root = publicationBase.AbsolutePath;
        return Encoding.UTF8.GetBytes(
            $"User-agent: *\nDisallow: {root}admin\nDisallow: {root}confirm/\nDisallow: {root}unsubscribe/\nDisallow: {root}keep/\n\nSitemap: {new Uri(publicationBase, "sitemap.xml").AbsoluteUri}\n");
    }

    private static IResult Send(HttpResponse response, CrawlerFile file, string contentType)
    {
        response.Headers.CacheControl = "public, max-age=3600";
        return Results.Bytes(file.Content, contentType, entityTag: file.ETag);
    }
}
