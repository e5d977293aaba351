using System.Globalization;
using Feeds.Articles;
using Feeds.Syndication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>
/// The feeds over HTTP: <c>/feed.rss</c>, <c>/feed.atom</c>, <c>/feed.json</c>, the same below
/// <c>/categories/{slug}/</c>, and the list of them all.
/// </summary>
internal static class FeedEndpoints
{
    private static readonly string[] FileNames = ["/feed.rss", "/feed.atom", "/feed.json"];

    private const string List = "/feeds.opml";

    /// <summary>Where programs look for that list without having been told of it (RFC 8615).</summary>
    private const string WellKnown = "/.well-known/feeds";

    /// <summary>
    /// Answers GET and HEAD; routing answers 405 to other methods. What is sent depends on the address and on
    /// <c>Accept-Encoding</c>, never on <c>Accept</c>: some readers ask for HTML there.
    /// </summary>
    public static void MapFeeds(this IEndpointRouteBuilder endpoints)
    {
        foreach (var name in FileNames)
        {
            endpoints.MapMethods(name, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
            endpoints.MapMethods("/categories/{slug}" + name, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
        }

        endpoints.MapMethods(List, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
        endpoints.MapMethods(WellKnown, [HttpMethods.Get, HttpMethods.Head], RedirectToList);
    }

    /// <summary>Whether an address is one of a feed, existing or not, or of their list.</summary>
    public static bool IsFeed(PathString path) =>
        path.Value is { } value && (value is List or WellKnown || FileNames.Any(name => value.EndsWith(name, StringComparison.Ordinal)));

    private static Task RedirectToList(HttpContext context)
    {
        var publication = context.RequestServices.GetRequiredService<IOptions<PublicationOptions>>().Value;
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.ContentLength = 0;
        context.Response.Headers.Location = new Uri(publication.Base, List[1..]).AbsoluteUri;
        context.Response.Headers.CacheControl = "public, max-age=86400";
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        // Routing takes capital letters and a slash at the end for the same address; caches and readers don't.
        var path = context.Request.Path.Value!.TrimStart('/');
        var library = context.RequestServices.GetRequiredService<FeedLibrary>();
        if (await library.FindAsync(path, context.RequestAborted) is not { } document)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var coded = Coded(document, AcceptedCoding.Choose(context.Request.Headers.AcceptEncoding));
        WriteValidators(context.Response.Headers, document, coded.EntityTag);
        if (ConditionalRequest.IsNotModified(context.Request.Headers, coded.EntityTag, document.LastModified))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await SendAsync(context, document.ContentType, coded);
    }

    private static CodedFeed Coded(FeedDocument document, FeedCoding coding) => coding switch
    {
        FeedCoding.Brotli => new CodedFeed("br", document.Brotli, document.BrotliETag),
        FeedCoding.Gzip => new CodedFeed("gzip", document.Gzip, document.GzipETag),
        _ => new CodedFeed(Name: null, document.Body, document.ETag),
    };

    private static void WriteValidators(IHeaderDictionary headers, FeedDocument document, string entityTag)
    {
        headers.ETag = entityTag;
        headers.LastModified = HeaderUtilities.FormatDate(document.LastModified);
        headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)document.MaxAge.TotalSeconds}, stale-while-revalidate={(long)document.StaleWhileRevalidate.TotalSeconds}, stale-if-error={(long)document.StaleIfError.TotalSeconds}");
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.AccessControlAllowOrigin = "*";
        headers.XContentTypeOptions = "nosniff";
    }

    private static async Task SendAsync(HttpContext context, string contentType, CodedFeed coded)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = coded.Bytes.Length;
        // A part of a feed is no use to anybody (RFC 9110 §14.3).
        response.Headers.AcceptRanges = "none";
        if (coded.Name is not null)
        {
            response.Headers.ContentEncoding = coded.Name;
        }

        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(coded.Bytes, context.RequestAborted);
        }
    }

    /// <param name="Name">For <c>Content-Encoding</c>; null where the bytes are the feed as it is.</param>
    /// <param name="Bytes">What is sent.</param>
    /// <param name="EntityTag">Of these bytes, with its quotes.</param>
    private readonly record struct CodedFeed(string? Name, ReadOnlyMemory<byte> Bytes, string EntityTag);
}
