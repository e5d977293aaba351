using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Security;

namespace Feeds.Mail;

/// <summary>Why a mailbox can't be read: a sentence with its mend, without secrets and addresses; null where it isn't the mailbox's fault.</summary>
internal static class MailboxTrouble
{
    public static string? Describe(Exception refused, ReturnsOptions options)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"Mail:Returns:Host {options.Host}, port {options.PortInForce}");
        return refused switch
        {
            SocketException unreachable =>
                $"{place} can't be reached ({unreachable.SocketErrorCode}); see that the server runs, that Mail:Returns:Port is right and that a firewall lets this machine through.",
            SslHandshakeException =>
                $"no TLS with {place}, or its certificate is not trusted; see whether Mail:Returns:Security fits the port, and write the name that the certificate was made for.",
            MailKit.Security.AuthenticationException or System.Security.Authentication.AuthenticationException =>
                $"{place} doesn't take Mail:Returns:Username with its password; correct Mail:Returns:Username or what is in Mail:Returns:PasswordFile.",
            NotSupportedException =>
                $"{place} doesn't offer what Mail:Returns:Security or the login needs; write Tls with the port for it.",
            FolderNotFoundException =>
                $"there is no folder {options.Folder} at {place}; correct Mail:Returns:Folder.",
            PasswordFileException => refused.Message,
            CommandException or ProtocolException or ServiceNotConnectedException or ServiceNotAuthenticatedException =>
                $"the conversation with {place} broke ({refused.GetType().Name}); see that Mail:Returns:Kind and Mail:Returns:Security fit the port.",
            TimeoutException or OperationCanceledException => $"{place} doesn't answer in time; see that Mail:Returns:Security fits the port.",
            IOException or UnauthorizedAccessException when options.Kind == ReturnsKind.Maildir =>
                $"Mail:Returns:Path {options.Path} can't be read or written ({refused.GetType().Name}); see that new and cur are there and that this user may write to both.",
            IOException => $"the connection to {place} broke ({refused.GetType().Name}); see that the server runs.",
            _ => null,
        };
    }
}
