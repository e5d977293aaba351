using System.Security.Claims;
using Feeds.Host.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin/login</c>.</summary>
[EnableRateLimiting(SiteSecurity.FormLimit)]
public sealed class LoginModel(AdminAccount account, SiteView site, ILogger<LoginModel> log) : PageModel
{
    /// <summary>Why one is not let in.</summary>
    public string? Refused { get; private set; }

    /// <summary>Shows the form.</summary>
    public void OnGet()
    {
    }

    /// <summary>Lets in who knows the password.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? password, CancellationToken cancellationToken)
    {
        if (!await account.IsPasswordAsync(password ?? "", cancellationToken))
        {
            Log.WrongPassword(log, HttpContext.Connection.RemoteIpAddress?.ToString() ?? "");
            Refused = site["That is not the password."];
            return Page();
        }

        await SignInAsync(HttpContext);
        return RedirectToPage("/Admin/Index");
    }

    internal static Task SignInAsync(HttpContext context) =>
        context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "admin")], CookieAuthenticationDefaults.AuthenticationScheme)));
}
