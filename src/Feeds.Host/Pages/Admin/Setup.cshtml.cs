using Feeds.Host.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin/setup/{token}</c>: the one-time link that the first start prints.</summary>
[EnableRateLimiting(SiteSecurity.FormLimit)]
public sealed class SetupModel(AdminAccount account, AdminSessions sessions, SiteView site) : PageModel
{
    /// <summary>Why the password is not taken.</summary>
    public string? Refused { get; private set; }

    /// <summary>Shows the form; 404 where the link was used or replaced.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken)
    {
        return await account.IsSetupTokenAsync(token, cancellationToken) ? Page() : NotFound();
    }

    /// <summary>Sets the password and signs in.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken)
    {
        var password = await AdminAccount.TypedAsync(Request);
        if (password is not { Length: >= AdminAccount.ShortestPassword and <= AdminAccount.LongestPassword })
        {
            Refused = site["Choose at least ten characters, at most two hundred."];
            return await OnGetAsync(token, cancellationToken);
        }

        if (!await account.SetUpAsync(token, password, cancellationToken))
        {
            return NotFound();
        }

        await sessions.SignInAsync(HttpContext);
        return RedirectToPage("/Admin/Index");
    }
}
