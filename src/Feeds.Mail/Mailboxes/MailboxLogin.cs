using MailKit;
using MailKit.Security;

namespace Feeds.Mail;

/// <summary>Opens a connection to a mailbox's server: TCP, TLS, login.</summary>
internal static class MailboxLogin
{
    private const int ReplyMilliseconds = 2 * 60 * 1000;

    public static async Task OpenAsync(IMailService client, ReturnsOptions options, CancellationToken cancellationToken)
    {
        client.Timeout = ReplyMilliseconds;
        await client.ConnectAsync(options.Host, options.PortInForce, Security(options.Security), cancellationToken);
        // Needs a token that the server's own scheme issues, never a password.
        client.AuthenticationMechanisms.Remove("XOAUTH2");
        client.AuthenticationMechanisms.Remove("OAUTHBEARER");
        await client.AuthenticateAsync(options.Username, await PasswordFile.ReadAsync("Mail:Returns:PasswordFile", options.PasswordFile, cancellationToken), cancellationToken);
    }

    private static SecureSocketOptions Security(SmtpSecurity security) => security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
