using System.Globalization;
using Feeds.Syndication;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>
/// The feeds over HTTP: <c>/feed.rss</c>, <c>/feed.atom</c>, <c>/feed.json</c>, the same below
/// <c>/categories/{slug}/</c>, their archives below <c>archive/{number}/</c>, and the list of them all.
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
            endpoints.MapMethods("/archive/{number}" + name, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
            endpoints.MapMethods("/categories/{slug}/archive/{number}" + name, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
        }

        endpoints.MapMethods(List, [HttpMethods.Get, HttpMethods.Head], AnswerAsync);
        endpoints.MapMethods(WellKnown, [HttpMethods.Get, HttpMethods.Head], RedirectToList);
    }

    /// <summary>Whether an address is one of a feed, existing or not, or of their list.</summary>
    public static bool IsFeed(PathString path) =>
        path.Value is { } value && (value is List or WellKnown || FileNames.Any(name => value.EndsWith(name, StringComparison.Ordinal)));

    private static Task RedirectToList(HttpContext context)
    {
        OtherAnswers.RedirectForGood(context, List[1..]);
        return Task.CompletedTask;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        // Routing takes capital letters and a slash at the end for the same address; caches and readers don't.
        var path = context.Request.Path.Value!.TrimStart('/');
        var library = context.RequestServices.GetRequiredService<FeedLibrary>();
        var found = context.Request.QueryString.HasValue ? null : await library.FindAsync(path, context.RequestAborted);
        found ??= await OtherAnswers.FindOrAnswerAsync(context, library, path);
        if (found is not { } document)
        {
            return;
        }

        var coding = AcceptedCoding.Choose(context.Request.Headers.AcceptEncoding);
        var coded = Coded(document, coding);
        WriteValidators(context.Response.Headers, document, coded.EntityTag);
        if (ConditionalRequest.IsNotModified(context.Request.Headers, coded.EntityTag, document.LastModified))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (DeltaRequest.Find(context.Request.Headers, document) is { } delta)
        {
            // The tag stays the whole feed's, which the reader has once it has taken these entries in (RFC 3229 §10.4.1).
            context.Response.StatusCode = StatusCodes.Status226IMUsed;
            context.Response.Headers["IM"] = DeltaRequest.Manipulation;
            context.Response.Headers.CacheControl = "no-store";
            coded = Coded(delta, coding) with { EntityTag = coded.EntityTag };
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
        headers.Link = document.Link;
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
