using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/confirm/{token}</c>: the page behind the link of the confirmation mail. Only its button confirms, because mail scanners open links.</summary>
public sealed class ConfirmModel(Subscribers subscribers) : PersonalLinkModel
{
    /// <summary>Asks; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.FindConfirmationAsync(token, cancellationToken));

    /// <summary>Acts; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.ConfirmAsync(token, cancellationToken));
}
