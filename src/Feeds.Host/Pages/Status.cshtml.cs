using Feeds.Articles;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary>What a person sees instead of a page that isn't.</summary>
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class StatusModel : PageModel
{
    /// <summary>What happened.</summary>
    public string Heading { get; private set; } = "";

    /// <summary>What to do.</summary>
    public string Sentence { get; private set; } = "";

    /// <summary>The withdrawal of the article that was asked for; null in every other case.</summary>
    public Withdrawal? Withdrawal { get; private set; }

    /// <summary>For any method, since any can fail.</summary>
    public IActionResult OnGet(int code) => Show(code);

    /// <inheritdoc cref="OnGet"/>
    public IActionResult OnPost(int code) => Show(code);

    private IActionResult Show(int code)
    {
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null && HttpContext.Features.Get<IExceptionHandlerFeature>() is null)
        {
            return NotFound();
        }

        Withdrawal = HttpContext.Features.Get<Withdrawal>();
        (Heading, Sentence) = code switch
        {
            StatusCodes.Status410Gone when Withdrawal is not null => ("This article was withdrawn", "Its authors took it back; it will not return at this address."),
            // Nothing else ever goes for good, be it the page of a category that was asked for or one of its feeds.
            StatusCodes.Status410Gone => ("This category has ended", "Nothing is published in it any more. The other categories are on the front page."),
            StatusCodes.Status404NotFound => ("There is nothing here", "The address may be misspelt, or the link has expired. A link from a mail works for a limited time."),
            StatusCodes.Status405MethodNotAllowed => ("That can’t be done at this address", "What is here can only be read. Go back and try again from the page where you were."),
            StatusCodes.Status403Forbidden => ("That was not allowed", "The page may have been open for too long. Open it again and repeat what you did."),
            StatusCodes.Status429TooManyRequests => ("Too many at once", "Wait a minute and try again."),
            >= 400 and < 500 => ("That could not be understood", "Something about the request is not as it should be. Go back and try again from the page where you were."),
            _ => ("Something went wrong here", "It is our mistake and has been written down. Please try again in a while."),
        };
        return Page();
    }
}
