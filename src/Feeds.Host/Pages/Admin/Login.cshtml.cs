using System.Globalization;
using Feeds.Host.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin/login</c>.</summary>
[EnableRateLimiting(SiteSecurity.FormLimit)]
public sealed class LoginModel(AdminAccount account, AdminSessions sessions, PasswordGuesses guesses, SiteView site, ILogger<LoginModel> log) : PageModel
{
    /// <summary>Why one is not let in.</summary>
    public string? Refused { get; private set; }

    /// <summary>Shows the form.</summary>
    public void OnGet()
    {
    }

    /// <summary>Lets in who knows the password; 429 where too many wrong ones came before it.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (guesses.TryTake(HttpContext.Connection.RemoteIpAddress, out var wait) is not { } guess)
        {
            var minutes = Math.Ceiling(wait.TotalMinutes).ToString(CultureInfo.InvariantCulture);
            Refused = site["Too many wrong passwords were given. None is looked at for {0} minutes.", minutes];
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Page();
        }

        if (!await account.IsPasswordAsync(await AdminAccount.TypedAsync(Request), cancellationToken))
        {
            Log.WrongPassword(log, HttpContext.Connection.RemoteIpAddress?.ToString() ?? "");
            Refused = site["That is not the password."];
            return Page();
        }

        guesses.GiveBack(guess);
        await sessions.SignInAsync(HttpContext);
        return RedirectToPage("/Admin/Index");
    }
}
