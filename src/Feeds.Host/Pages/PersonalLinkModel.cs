using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary>A page behind a link of a mail.</summary>
public abstract class PersonalLinkModel : PersonalPageModel
{
    /// <summary>What the link is about, and where it stands now.</summary>
    public PersonalLink Link { get; private set; } = null!;

    /// <summary>The page, or 404 for whatever is no token of ours.</summary>
    protected IActionResult Show(PersonalLink? link)
    {
        if (link is null)
        {
            return NotFound();
        }

        Link = link;
        return Page();
    }
}
