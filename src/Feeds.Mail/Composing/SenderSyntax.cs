using MimeKit;

namespace Feeds.Mail;

/// <summary>What <c>Mail:From</c> may be: <c>name@example.org</c> or <c>Name &lt;name@example.org&gt;</c>.</summary>
internal static class SenderSyntax
{
    /// <summary>The sender with a name ("" where there is none) and an ASCII address, or null.</summary>
    public static MailboxAddress? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl) || !MailboxAddress.TryParse(text, out var mailbox))
        {
            return null;
        }

        var address = MailAddressSyntax.Normalize(mailbox.Address, out _);
        return address is null || !address.All(char.IsAscii) ? null : new MailboxAddress(mailbox.Name ?? "", address);
    }
}
