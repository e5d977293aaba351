using System.Buffers.Text;
using System.Security.Cryptography;
using Feeds.Host.FeedHttp;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary>A page that can only be read. Its entity tag is that of its bytes, so who has it already is told so instead.</summary>
[IgnoreAntiforgeryToken]
public abstract class ReadingPageModel : PageModel, IAsyncResultFilter
{
    // A page that changed a moment ago shows up so much later; what was withdrawn is gone as soon.
    private const string MaxAge = "max-age=300";

    private DateTimeOffset changed;

    /// <summary>Refuses what doesn't read.</summary>
    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (context.HandlerMethod is null)
        {
            Response.Headers.Allow = "GET, HEAD";
            context.Result = StatusCode(StatusCodes.Status405MethodNotAllowed);
        }
    }

    /// <summary>Sends the page, or that it is the one that the reader has.</summary>
    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        if (context.Result is not PageResult)
        {
            await next();
            return;
        }

        var outside = Response.Body;
        using var page = new MemoryStream();
        Response.Body = page;
        try
        {
            if ((await next()).Exception is not null)
            {
                return;
            }
        }
        finally
        {
            Response.Body = outside;
        }

        await SendAsync(page);
    }

    /// <summary>Shows the page.</summary>
    /// <param name="lastChanged">When anything that it shows last changed.</param>
    /// <param name="isPublic">Whether a cache that others share may keep it.</param>
    protected PageResult Show(DateTimeOffset lastChanged, bool isPublic)
    {
        changed = DateTimeOffset.FromUnixTimeSeconds(lastChanged.ToUnixTimeSeconds());
        Response.Headers.CacheControl = isPublic ? $"public, {MaxAge}" : $"private, {MaxAge}";
        return Page();
    }

    private async Task SendAsync(MemoryStream page)
    {
        var bytes = page.GetBuffer().AsMemory(0, (int)page.Length);
        var entityTag = $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes.Span).AsSpan(0, 16))}\"";
        Response.Headers.ETag = entityTag;
        Response.GetTypedHeaders().LastModified = changed;
        switch (Preconditions.Evaluate(Request.Headers, entityTag, changed))
        {
            case PreconditionResult.NotModified:
                Response.StatusCode = StatusCodes.Status304NotModified;
                Response.ContentType = null;
                break;
            case PreconditionResult.Failed:
                Response.StatusCode = StatusCodes.Status412PreconditionFailed;
                Response.ContentType = null;
                break;
            default:
                Response.ContentLength = bytes.Length;
                if (!HttpMethods.IsHead(Request.Method))
                {
                    await Response.Body.WriteAsync(bytes, HttpContext.RequestAborted);
                }

                break;
        }
    }
}
