using System.Globalization;
using Feeds.Syndication;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.FeedHttp;

/// <summary>
/// Answers every request for a feed's address and lets the others pass. It comes before routing, sessions and pages: a
/// publication's readers poll, so most requests end here, mostly by 304, and the usual one waits for nothing.
/// </summary>
internal sealed class FeedMiddleware(RequestDelegate next, FeedLibrary library, FeedRateLimit rateLimit)
{
    private const string ReadingMethods = "GET, HEAD, OPTIONS";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is not { } path || !FeedAddress.IsOne(path))
        {
            return next(context);
        }

        // Feeds are public and nothing in them depends on who asks, so the script of any page may read them, and errors too.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (rateLimit.Take(context.Connection.RemoteIpAddress) is { Ticks: > 0 } wait)
        {
            return RefuseAsync(context.Response, wait);
        }

        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return AnswerOtherMethod(context.Response, method);
        }

        if (path is FeedAddress.WellKnown)
        {
            OtherAnswers.RedirectForGood(context, FeedAddress.List[1..]);
            return Task.CompletedTask;
        }

        // An address with a query may be that of a combination. Nothing is cancelled when this reader leaves: the next one
        // wants the same feed.
        var found = context.Request.QueryString.HasValue ? default : library.FindAsync(path[1..], CancellationToken.None);
        return found.IsCompletedSuccessfully
            ? AnswerAsync(context, path[1..], found.Result)
            : AnswerWhenMadeAsync(context, path[1..], found.AsTask());
    }

    private async Task AnswerWhenMadeAsync(HttpContext context, string path, Task<FeedDocument?> found) => await AnswerAsync(context, path, await found);

    private Task AnswerAsync(HttpContext context, string path, FeedDocument? document) =>
        document is null ? AnswerOtherwiseAsync(context, path) : AnswerAsync(context, document);

    private async Task AnswerOtherwiseAsync(HttpContext context, string path)
    {
        if (await OtherAnswers.FindOrAnswerAsync(context, library, path) is { } document)
        {
            await AnswerAsync(context, document);
        }
    }

    /// <summary>
    /// What is sent depends on the address, <c>Accept-Encoding</c>, the preconditions and <c>A-IM</c>, never on
    /// <c>Accept</c>: some readers ask for HTML here.
    /// </summary>
    private static Task AnswerAsync(HttpContext context, FeedDocument document)
    {
        var response = context.Response;
        var requested = context.Request.Headers;
        var coding = AcceptedCoding.Choose(requested.AcceptEncoding);
        var coded = Coded(document, coding);
        var result = Preconditions.Evaluate(requested, coded.EntityTag, document.LastModified);
        if (result == PreconditionResult.Failed)
        {
            response.StatusCode = StatusCodes.Status412PreconditionFailed;
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        WriteValidators(response.Headers, document, coded.EntityTag);
        if (result == PreconditionResult.NotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (DeltaRequest.Find(requested, document) is { } delta)
        {
            // The tag stays the whole feed's, which the reader has once it has taken these entries in (RFC 3229 §10.4.1).
            response.StatusCode = StatusCodes.Status226IMUsed;
            response.Headers["IM"] = DeltaRequest.Manipulation;
            response.Headers.CacheControl = "no-store";
            coded = Coded(delta, coding);
        }

        return SendAsync(context, document.ContentType, coded);
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
        headers.LastModified = document.LastModifiedDate;
        headers.CacheControl = document.CacheControl;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.AccessControlExposeHeaders = "ETag, Link";
        headers.XContentTypeOptions = "nosniff";
        headers.Link = document.Link;
    }

    private static Task SendAsync(HttpContext context, string contentType, CodedFeed coded)
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

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        var sending = response.BodyWriter.WriteAsync(coded.Bytes, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? Task.CompletedTask : sending.AsTask();
    }

    private static Task AnswerOtherMethod(HttpResponse response, string method)
    {
        response.Headers.Allow = ReadingMethods;
        if (!HttpMethods.IsOptions(method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        // A script that sends If-None-Match is asked by its browser to ask us first (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = ReadingMethods;
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlMaxAge = "86400";
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpResponse response, TimeSpan wait)
    {
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync("Too many requests for feeds came from your network address. Wait as many seconds as Retry-After says.\n");
    }

    /// <param name="Name">For <c>Content-Encoding</c>; null where the bytes are the feed as it is.</param>
    /// <param name="Bytes">What is sent.</param>
    /// <param name="EntityTag">Of these bytes, with its quotes.</param>
    private readonly record struct CodedFeed(string? Name, ReadOnlyMemory<byte> Bytes, string EntityTag);
}
