using System.Globalization;
using System.Text;

namespace Feeds.Mail;

/// <summary>Checks mailbox addresses (RFC 5321 §4.1.2, RFC 6531) before they are stored.</summary>
/// <remarks>
/// Stricter than the grammar on purpose: quoted local parts, comments and address literals are legal, and used by
/// nobody but those who look for holes.
/// </remarks>
public static class MailAddressSyntax
{
    private const int MaximumOctets = 254;
    private const int MaximumLocalOctets = 64;
    private const int MaximumDomain = 253;
    private const int MaximumLabel = 63;
    private const string Specials = "!#$%&'*+-/=?^_`{|}~";

    /// <summary>The address as it is stored: domain in lower case and A-labels, local part as given; or null with the reason.</summary>
    /// <param name="address">As typed; blanks around it are forgiven.</param>
    /// <param name="reason">A sentence that doesn't repeat the address, or null.</param>
    public static string? Normalize(string? address, out string? reason)
    {
        address = address?.Trim(' ');
        reason = Refuse(address);
        if (reason is not null)
        {
            return null;
        }

        var at = address!.LastIndexOf('@');
        var domain = ToAscii(address[(at + 1)..]);
        var normal = $"{address[..at]}@{domain}";
        reason = RefuseDomain(domain) ?? (Encoding.UTF8.GetByteCount(normal) > MaximumOctets ? "The address is longer than 254 octets." : null);
        return reason is null ? normal : null;
    }

    private static string? Refuse(string? address)
    {
        if (string.IsNullOrEmpty(address))
        {
            return "The address is empty; write one such as name@example.org.";
        }

        // Before anything that costs time.
        if (address.Length > MaximumOctets)
        {
            return "The address is longer than 254 octets.";
        }

        if (address.EnumerateRunes().Any(IsInvisible))
        {
            return "The address holds a blank, a line break or another character that can't be seen.";
        }

        var at = address.LastIndexOf('@');
        if (at < 0)
        {
            return "The address has no @; write one such as name@example.org.";
        }

        return RefuseLocal(address[..at]);
    }

    private static string? RefuseLocal(string local)
    {
        if (local.Length == 0)
        {
            return "The address has nothing before the @.";
        }

        if (Encoding.UTF8.GetByteCount(local) > MaximumLocalOctets)
        {
            return "The part before the @ is longer than 64 octets.";
        }

        if (local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal))
        {
            return "The part before the @ begins or ends with a dot, or has two in a row.";
        }

        return local.Contains('@', StringComparison.Ordinal) || !local.All(IsLocal)
            ? "The part before the @ holds a character that an address can't have, such as a quote, a bracket or a comma."
            : null;
    }

    private static bool IsLocal(char c) => c > 127 || char.IsAsciiLetterOrDigit(c) || c == '.' || Specials.Contains(c, StringComparison.Ordinal);

    private static string? RefuseDomain(string domain)
    {
        const string Bad = "The part after the @ is no domain name; write one such as example.org.";
        if (string.Equals(domain, "localhost", StringComparison.Ordinal))
        {
            return null;
        }

        var labels = domain.Split('.');
        return domain.Length <= MaximumDomain && labels.Length > 1 && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit) ? null : Bad;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaximumLabel
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && label[0] != '-'
        && label[^1] != '-';

    private static string ToAscii(string domain)
    {
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }.GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return "";
        }
    }

    private static bool IsInvisible(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned;
}
