using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/unsubscribe/{token}</c>: the page behind the link of every newsletter, and the target of its List-Unsubscribe header (RFC 8058), whose POST acts at once. Only a POST ends anything, because mail scanners open links.</summary>
[IgnoreAntiforgeryToken]
public sealed class UnsubscribeModel(Subscribers subscribers) : PageModel
{
    /// <summary>What the link is about, and where it stands now.</summary>
    public PersonalLink Link { get; private set; } = null!;

    /// <summary>Asks; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.FindUnsubscribeAsync(token, cancellationToken));

    /// <summary>Acts; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.UnsubscribeAsync(token, cancellationToken));

    private IActionResult Show(PersonalLink? link)
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
