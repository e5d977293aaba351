using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>The macros of a domain-spec (RFC 7208 §7).</summary>
internal static partial class SpfMacro
{
    private const int LongestName = 253;

    /// <summary>Whether a text is a domain-spec: macros that can be read, and else a name with a top-level domain.</summary>
    public static bool IsDomain(string text)
    {
        var plain = Macro().Replace(text, "");
        if (plain.Contains('%', StringComparison.Ordinal) || !plain.All(c => c is > ' ' and < '\u007f'))
        {
            return false;
        }

        if (text.EndsWith('}'))
        {
            return true;
        }

        var labels = plain.TrimEnd('.').Split('.');
        return labels.Length > 1 && labels[^1] is { Length: > 0 } top && !top.All(char.IsAsciiDigit) && top.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && top[0] != '-' && top[^1] != '-';
    }

    /// <summary>Whether expanding needs the address of a sender.</summary>
    public static bool NeedsAddress(string text) => Macro().Matches(text).Any(macro => macro.Groups["letter"].Value is "i" or "I" or "p" or "P" or "v" or "V");

    /// <summary>The name that a domain-spec stands for; of one that becomes too long the labels on the left are left out.</summary>
    public static string Expand(string text, string sender, string domain, IPAddress? address)
    {
        var name = Macro().Replace(text, macro => macro.Value switch
        {
            "%%" => "%",
            "%_" => " ",
            "%-" => "%20",
            _ => Transformed(macro, Value(macro.Groups["letter"].Value.ToLowerInvariant(), sender, domain, address)),
        }).TrimEnd('.');
        while (name.Length > LongestName && name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            name = name[(dot + 1)..];
        }

        return name;
    }

    private static string Value(string letter, string sender, string domain, IPAddress? address) => letter switch
    {
        "s" => sender,
        "l" => sender[..sender.LastIndexOf('@')],
        "o" or "h" => sender[(sender.LastIndexOf('@') + 1)..],
        "d" => domain,
        "i" => Dotted(address),
        "v" => address?.AddressFamily == AddressFamily.InterNetworkV6 ? "ip6" : "in-addr",
        _ => "unknown",
    };

    private static string Dotted(IPAddress? address) => address switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6 } => string.Join('.', Convert.ToHexStringLower(address.GetAddressBytes()).ToCharArray()),
        _ => address.ToString(),
    };

    private static string Transformed(Match macro, string value)
    {
        var delimiters = macro.Groups["delimiters"].Value is { Length: > 0 } own ? own : ".";
        var parts = value.Split(delimiters.ToCharArray());
        if (macro.Groups["reverse"].Length > 0)
        {
            Array.Reverse(parts);
        }

        return string.Join('.', int.TryParse(macro.Groups["digits"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? parts.TakeLast(count) : parts);
    }

    [GeneratedRegex(@"%(%|_|-|\{(?<letter>[slodiphvSLODIPHV])(?<digits>[0-9]{0,3})(?<reverse>[rR]?)(?<delimiters>[.\-+,/_=]*)\})", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Macro();
}
