using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary>A page behind a link of a mail. The token in its address is all the authority there is: no cookie, no form token.</summary>
[IgnoreAntiforgeryToken]
public abstract class PersonalLinkModel : PageModel
{
    /// <summary>What the link is about, and where it stands now.</summary>
    public PersonalLink Link { get; private set; } = null!;

    /// <summary>The page, or 404 for whatever is no token of ours; neither is kept by a cache.</summary>
    protected IActionResult Show(PersonalLink? link)
    {
        Response.Headers.CacheControl = "no-store";
        if (link is null)
        {
            return NotFound();
        }

        Link = link;
        return Page();
    }
}
