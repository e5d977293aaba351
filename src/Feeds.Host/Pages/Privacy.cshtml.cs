using Feeds.Mail;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Pages;

/// <summary><c>/privacy</c>: what is kept about readers, why and for how long, as the configuration has it.</summary>
public sealed class PrivacyModel(PrivacyNotice notice, IOptions<MailOptions> mail) : PageModel
{
    /// <summary>What depends on the configuration.</summary>
    public PrivacyNotice Notice => notice;

    /// <summary>Whether mails are files of this machine.</summary>
    public bool IsPickup => mail.Value.Mode == MailMode.Pickup;

    /// <summary>Shows it.</summary>
    public void OnGet()
    {
    }
}
