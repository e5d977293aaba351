using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Feeds.Mail;

/// <summary>Why there is no connection to the server: a sentence with its mend, without secrets and addresses.</summary>
internal static partial class SmtpTrouble
{
    public static string Describe(Exception refused, SmtpOptions options)
    {
        var section = options.Section;
        var place = string.Create(CultureInfo.InvariantCulture, $"{section}:Host {options.Host}, port {options.Port}");
        return refused switch
        {
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery } =>
                $"the name in {section}:Host, {options.Host}, can't be found; correct it, or see that this machine's name service works.",
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                $"nothing listens at {place} (connection refused); see that the server runs and that {section}:Port is right.",
            SocketException unreachable =>
                $"{place} can't be reached ({unreachable.SocketErrorCode}); see that the network and a firewall let this machine through.",
            SslHandshakeException { ServerCertificate: not null } =>
                $"the certificate of {place} is not trusted; write the name that the certificate was made for, or add its authority to this machine's trusted ones.",
            SslHandshakeException =>
                $"no TLS with {place}; see whether {section}:Security fits the port (StartTls usually 587, Tls usually 465).",
            NotSupportedException when options.Username is null || !refused.Message.Contains("auth", StringComparison.OrdinalIgnoreCase) =>
                $"{place} offers no STARTTLS, and {section}:Security demands it; write Tls with the port for it, or None for a server on this machine.",
            NotSupportedException =>
                $"{place} offers no AUTH that this program speaks; remove {section}:Username, or use the port for submission.",
            MailKit.Security.AuthenticationException or System.Security.Authentication.AuthenticationException =>
                $"{place} doesn't take {section}:Username with its password{Codes(refused.Message)}; correct {section}:Username, {section}:Password or {section}:PasswordFile.",
            ServiceNotAuthenticatedException =>
                $"{place} wants a login; set {section}:Username and {section}:PasswordFile.",
            SmtpCommandException command =>
                string.Create(CultureInfo.InvariantCulture, $"{place} answers {(int)command.StatusCode} {ReplyText.WithoutAddresses(command.Message)}; ask who runs it."),
            OperationCanceledException or TimeoutException =>
                $"{place} doesn't answer in time; see that it is an SMTP server and that {section}:Security fits the port.",
            PasswordFileException => refused.Message,
            _ => $"the connection to {place} broke ({refused.GetType().Name}); see that it is an SMTP server and that {section}:Security fits the port.",
        };
    }

    private static string Codes(string message) => Code().Match(message) is { Success: true } found ? $" ({found.Value})" : "";

    [GeneratedRegex(@"\b[45][0-9]{2}\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Code();
}

/// <summary>The password can't be read; the message says which file and holds nothing of it.</summary>
internal sealed class PasswordFileException(string message) : Exception(message);
