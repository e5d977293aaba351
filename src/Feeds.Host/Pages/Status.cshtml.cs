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
            StatusCodes.Status410Gone when HttpContext.Features.Get<CategoryState>() is not null => ("This category has ended", "Nothing is published in it any more. The other categories are on the front page."),
            StatusCodes.Status404NotFound => ("There is nothing here", "The address may be misspelt, or the link has expired. A link from a mail works for a limited time."),
            StatusCodes.Status410Gone => ("This article was withdrawn", "Its authors took it back; it will not return at this address."),
            StatusCodes.Status403Forbidden => ("That was not allowed", "The page may have been open for too long. Open it again and repeat what you did."),
            StatusCodes.Status429TooManyRequests => ("Too many at once", "Wait a minute and try again."),
            _ => ("Something went wrong here", "It is our mistake and has been written down. Please try again in a while."),
        };
        return Page();
    }
}
