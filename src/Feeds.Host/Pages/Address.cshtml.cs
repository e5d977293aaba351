using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/address/{token}</c>: where a new address agrees to become a subscriber's. Only its button does that, because mail scanners open links.</summary>
public sealed class AddressModel(AddressChanges addresses) : PersonalPageModel
{
    /// <summary>What it is about.</summary>
    public AddressChange Change { get; private set; } = null!;

    /// <summary>Asks; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) => Show(await addresses.FindAsync(token, cancellationToken));

    /// <summary>Acts; doing so again changes nothing.</summary>
    public async Task<IActionResult> OnPostAsync(string token, CancellationToken cancellationToken) => Show(await addresses.ConfirmAsync(token, cancellationToken));

    private IActionResult Show(AddressChange? change)
    {
        if (change is null)
        {
            return NotFound();
        }

        Change = change;
        return Page();
    }
}
