using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/unsubscribe/{token}</c>: the page behind the link of every newsletter, and the target of its List-Unsubscribe header (RFC 8058), whose POST acts at once. Only a POST ends anything, because mail scanners open links.</summary>
public sealed class UnsubscribeModel(Subscribers subscribers) : PersonalLinkModel
{
    /// <summary>Asks; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.FindUnsubscribeAsync(token, cancellationToken));

    /// <summary>Acts; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken) =>
        Show(await subscribers.UnsubscribeAsync(token, cancellationToken));
}
