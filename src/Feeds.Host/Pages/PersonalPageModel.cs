using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary>A page for one person. The token in its address is all the authority there is: no cookie, no form token.</summary>
[IgnoreAntiforgeryToken]
public abstract class PersonalPageModel : PageModel
{
    /// <summary>No cache keeps it and no search engine lists it, whatever it answers; what nothing here handles isn't there.</summary>
    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        Response.Headers.CacheControl = "no-store";
        Response.Headers["X-Robots-Tag"] = "noindex";
        if (context.HandlerMethod is null)
        {
            context.Result = NotFound();
        }
    }
}
