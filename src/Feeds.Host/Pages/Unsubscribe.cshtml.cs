using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/unsubscribe/{token}</c>: the page behind the link of every newsletter, and the target of its List-Unsubscribe header (RFC 8058), whose POST acts at once. Only a POST ends anything, because mail scanners open links.</summary>
public sealed class UnsubscribeModel(Subscribers subscribers) : PersonalLinkModel
{
    /// <summary>Whether the link is that of a sample, which is nobody's: there is nothing to ask and nothing to end.</summary>
    public bool IsSample { get; private set; }

    /// <summary>Whether it was just taken back.</summary>
    public bool Returned { get; private set; }

    /// <summary>Whether they just said why.</summary>
    public bool Said { get; private set; }

    /// <summary>Asks; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        ShowSample(token) ?? Show(await subscribers.FindUnsubscribeAsync(token, cancellationToken));

    /// <summary>Acts; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken) =>
        ShowSample(token) ?? Show(await subscribers.UnsubscribeAsync(token, cancellationToken));

    /// <summary>Takes it back; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostReturnAsync(string token, CancellationToken cancellationToken)
    {
        Returned = true;
        return ShowSample(token) ?? Show(await subscribers.ReturnAsync(token, cancellationToken));
    }

    /// <summary>Takes down why they left; the first answer counts.</summary>
    public async Task<IActionResult> OnPostWhyAsync(string token, [FromForm] LeavingReason reason, CancellationToken cancellationToken)
    {
        Said = true;
        return ShowSample(token) ?? Show(await subscribers.SayWhyAsync(token, Enum.IsDefined(reason) ? reason : LeavingReason.Other, cancellationToken));
    }

    private PageResult? ShowSample(string token)
    {
        IsSample = Subscribers.IsPreview(token);
        return IsSample ? Page() : null;
    }
}
