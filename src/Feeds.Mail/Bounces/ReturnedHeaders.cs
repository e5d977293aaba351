using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Feeds.Mail;

/// <summary>What the header lines of a returned mail tell, read within bounds.</summary>
internal static partial class ReturnedHeaders
{
    private const int LongestValue = 4_000;
    private const int MaximumHeaders = 200;
    private const int MaximumAddresses = 20;

    private static readonly string[] Daemons =
        ["mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mdaemon", "postmaster", "microsoftexchange"];

    private static readonly string[] FailureSubjects =
        ["undeliver", "delivery fail", "delivery has failed", "delivery status", "failure notice", "returned mail", "mail delivery", "non remis", "unzustellbar"];

    private static readonly string[] AbsenceSubjects = ["out of office", "automatic reply", "auto-reply", "autoreply", "auto:", "réponse automatique"];

    private static readonly string[] ReplyHeaders = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation"];

    /// <summary>Where the mail was sent to, by every header that may say it; the envelope's address is among them.</summary>
    public static IReadOnlyList<string> SentTo(HeaderList headers) => Addresses(headers, "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc");

    /// <summary>The addresses in these headers, at most twenty; what isn't fit for one is left out.</summary>
    public static IReadOnlyList<string> Addresses(HeaderList headers, params string[] names) =>
        [.. headers.Take(MaximumHeaders)
            .Where(header => names.Contains(header.Field, StringComparer.OrdinalIgnoreCase))
            .SelectMany(header => Address().Matches(Short(header.Value)).Select(match => MailAddressSyntax.Normalize(match.Value, out _)))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MaximumAddresses)];

    public static bool IsFromDaemon(HeaderList headers) =>
        headers.Contains("X-Failed-Recipients")
        || Addresses(headers, "From", "Sender").Any(address => Daemons.Any(daemon => address.StartsWith(daemon, StringComparison.OrdinalIgnoreCase)))
        || (IsFromNobody(headers) && Says(headers, "Subject", FailureSubjects));

    /// <summary>RFC 3834 §5, and what was usual before it.</summary>
    public static bool IsAutomatic(HeaderList headers) =>
        (headers.Contains("Auto-Submitted") && !Value(headers, "Auto-Submitted").StartsWith("no", StringComparison.OrdinalIgnoreCase))
        || ReplyHeaders.Any(headers.Contains)
        || Says(headers, "Precedence", ["auto_reply", "auto-reply"])
        || (Says(headers, "Subject", AbsenceSubjects) && (IsFromNobody(headers) || headers.Contains("X-Auto-Response-Suppress")));

    /// <summary>The header's decoded value, shortened; empty where there is none.</summary>
    public static string Value(HeaderList headers, string name) => Short(headers[name]).Trim();

    /// <summary>See <see cref="ReturnedMail.Identity"/>: 64 hexadecimal digits.</summary>
    public static string Identity(HeaderList headers, ReadOnlySpan<byte> mail)
    {
        // A pipe ends lines with LF, and mailboxes with CRLF.
        var name = Value(headers, "Message-ID");
        return Convert.ToHexStringLower(SHA256.HashData(name.Length > 0 ? Encoding.UTF8.GetBytes(name) : [.. mail.ToArray().Where(octet => octet != (byte)'\r')]));
    }

    private static bool IsFromNobody(HeaderList headers) => string.Equals(Value(headers, "Return-Path"), "<>", StringComparison.Ordinal);

    private static bool Says(HeaderList headers, string name, string[] phrases) =>
        phrases.Any(phrase => Value(headers, name).Contains(phrase, StringComparison.OrdinalIgnoreCase));

    private static string Short(string? value) => value is { Length: > LongestValue } ? value[..LongestValue] : value ?? "";

    [GeneratedRegex("""[^\s<>,;:"()\[\]@]{1,64}@[^\s<>,;:"()\[\]@]{1,253}""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Address();
}
