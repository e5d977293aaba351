using Feeds.Articles;
using Feeds.Syndication;
using Microsoft.Extensions.Options;

namespace Feeds.Host.FeedHttp;

/// <summary>Answers of a feed's address that are no feed: where it moved to, that it ended, why nobody gets it.</summary>
internal static class OtherAnswers
{
    /// <returns>The feed, where the answer is one after all.</returns>
    public static async Task<FeedDocument?> FindOrAnswerAsync(HttpContext context, FeedLibrary library, string path)
    {
        var query = context.Request.QueryString.Value is { Length: > 1 } sent ? sent[1..] : "";
        switch (await library.AnswerAsync(path, query, context.RequestAborted))
        {
            case FeedAnswer.Found found:
                return found.Document;
            case FeedAnswer.Moved moved:
                RedirectForGood(context, moved.Path);
                return null;
            case FeedAnswer.Ended:
                context.Response.StatusCode = StatusCodes.Status410Gone;
                return null;
            case FeedAnswer.Refused refused:
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                context.Response.ContentType = "text/plain; charset=utf-8";
                await context.Response.WriteAsync(refused.Reason + "\n", context.RequestAborted);
                return null;
            case FeedAnswer.Unknown when path.StartsWith(EditionFeeds.Folder, StringComparison.Ordinal)
                && await context.RequestServices.GetRequiredService<EditionFeeds>().FindAsync(path, context.RequestAborted) is { } editions:
                return editions;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return null;
        }
    }

    /// <summary>308, which caches keep for a day.</summary>
    public static void RedirectForGood(HttpContext context, string path)
    {
        var publication = context.RequestServices.GetRequiredService<IOptions<PublicationOptions>>().Value;
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.ContentLength = 0;
        context.Response.Headers.Location = new Uri(publication.Base, path).AbsoluteUri;
        context.Response.Headers.CacheControl = "public, max-age=86400";
    }
}
