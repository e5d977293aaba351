using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/keep/{token}</c>: where somebody of whom there was no sign for long says that they still want it.</summary>
public sealed class KeepModel(StillWanted stillWanted) : PersonalLinkModel
{
    /// <summary>Whether the answer was taken.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Asks; changes nothing, because mail scanners open links.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        Show(await stillWanted.FindAsync(token, cancellationToken));

    /// <summary>Takes the answer; giving it again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken)
    {
        IsKept = true;
        return Show(await stillWanted.KeepAsync(token, cancellationToken));
    }
}
