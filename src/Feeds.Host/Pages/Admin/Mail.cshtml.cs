using Feeds.Mail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin/mails/{name}</c>: a mail of the pickup folder as it would arrive.</summary>
public sealed class MailModel(PickupFolder mails) : PageModel
{
    // The mail styles itself; it may load pictures and nothing else, and runs nothing.
    private const string MailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' http: https: data:; frame-ancestors 'self'; sandbox allow-popups";

    /// <summary>The mail.</summary>
    public PickedUpContent Message { get; private set; } = null!;

    /// <summary>The page around it.</summary>
    public async Task<IActionResult> OnGetAsync(string name, CancellationToken cancellationToken)
    {
        if (await mails.ReadAsync(name, cancellationToken) is not { } content)
        {
            return NotFound();
        }

        Message = content;
        return Page();
    }

    /// <summary>Its HTML part alone, for the frame.</summary>
    public async Task<IActionResult> OnGetHtmlAsync(string name, CancellationToken cancellationToken)
    {
        if (await mails.ReadAsync(name, cancellationToken) is not { } content)
        {
            return NotFound();
        }

        Response.Headers.ContentSecurityPolicy = MailPolicy;
        return Content(content.Html, "text/html; charset=utf-8");
    }
}
