using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What the section <c>Mail:Returns</c> must keep to; each failure names its key and its mend.</summary>
internal sealed class ReturnsOptionsRules : IValidateOptions<MailOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var failures = Refuse(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(MailOptions options)
    {
        var returns = options.Returns;
        if (!Enum.IsDefined(returns.Kind))
        {
            yield return "Mail:Returns:Kind is none of imap, pop3, maildir and none; write one of the four.";
        }

        if (returns.Kind == ReturnsKind.None)
        {
            yield break;
        }

        if (options.BounceAddress is null)
        {
            yield return "Mail:Returns is set and Mail:BounceAddress is not, so nothing would come back there; write an address such as bounces@example.org, whose mails are in that mailbox.";
        }

        foreach (var failure in returns.Kind == ReturnsKind.Maildir ? RefuseMaildir(returns) : RefuseServer(returns))
        {
            yield return failure;
        }
    }

    private static IEnumerable<string> RefuseMaildir(ReturnsOptions returns)
    {
        if (returns.Path.Length == 0 || !Directory.Exists(Path.Combine(returns.Path, "new")))
        {
            yield return "Mail:Returns:Path is no Maildir that this user may read; write the path of the folder that holds new and cur.";
        }
    }

    private static IEnumerable<string> RefuseServer(ReturnsOptions returns)
    {
        if (Uri.CheckHostName(returns.Host) == UriHostNameType.Unknown)
        {
            yield return "Mail:Returns:Host is no server's name; write one such as imap.example.org, without port and scheme.";
        }

        if (returns.Port is < 1 or > 65535)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:Returns:Port is {returns.Port}; write a number from 1 to 65535, or leave it out.");
        }

        if (!Enum.IsDefined(returns.Security))
        {
            yield return "Mail:Returns:Security is none of StartTls, Tls and None; write one of the three.";
        }
        else if (returns.Security == SmtpSecurity.None && !IsThisMachine(returns.Host))
        {
            yield return "Mail:Returns:Security is None, so the password would cross the network in clear; write Tls or StartTls.";
        }

        if (returns.Username.Length == 0 || returns.PasswordFile.Length == 0)
        {
            yield return "Mail:Returns:Username or Mail:Returns:PasswordFile is empty; write both.";
        }
        else if (!PasswordFile.IsReadable(returns.PasswordFile))
        {
            yield return $"Mail:Returns:PasswordFile {returns.PasswordFile} can't be read; see that it exists and that this user may read it.";
        }

        if (returns.Kind == ReturnsKind.Imap && string.IsNullOrWhiteSpace(returns.Folder))
        {
            yield return "Mail:Returns:Folder is empty; write a folder such as INBOX, or leave it out.";
        }
    }

    private static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
