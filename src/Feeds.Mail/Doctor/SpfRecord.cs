using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>What receivers call a permanent error (RFC 7208 §2.6.7); the message says it after the domain's name, with the mend.</summary>
internal sealed class SpfException(string message) : Exception(message);

/// <summary>What a sender's address gets from a record.</summary>
internal enum SpfResult
{
    Neutral,
    Pass,
    SoftFail,
    Fail,
}

/// <summary>One mechanism of a record.</summary>
/// <param name="Result">For an address that it matches.</param>
/// <param name="Name">In lower case.</param>
/// <param name="Domain">The domain-spec, macros and all; null for the domain that the record is at.</param>
/// <param name="Network">Of <c>ip4</c> and <c>ip6</c>.</param>
/// <param name="Prefix4">Length that counts of an IPv4 address.</param>
/// <param name="Prefix6">Length that counts of an IPv6 address.</param>
internal sealed record SpfMechanism(SpfResult Result, string Name, string? Domain, IPAddress? Network, int Prefix4, int Prefix6)
{
    /// <summary>Whether an address is in the network around another.</summary>
    public bool Holds(IPAddress network, IPAddress address)
    {
        if (network.AddressFamily != address.AddressFamily)
        {
            return false;
        }

        var (one, other) = (network.GetAddressBytes(), address.GetAddressBytes());
        var bits = network.AddressFamily == AddressFamily.InterNetwork ? Prefix4 : Prefix6;
        return Enumerable.Range(0, bits).All(bit => ((one[bit / 8] ^ other[bit / 8]) >> (7 - (bit % 8)) & 1) == 0);
    }
}

/// <summary>An SPF record (RFC 7208 §4.5 and §12), read.</summary>
internal sealed partial class SpfRecord
{
    private const string Version = "v=spf1";

    private readonly List<SpfMechanism> mechanisms = [];

    /// <summary>Up to <c>all</c>, which is the last that counts.</summary>
    public IReadOnlyList<SpfMechanism> Mechanisms => mechanisms;

    /// <summary>The domain-spec of <c>redirect</c>; null without, or where <c>all</c> makes it void.</summary>
    public string? Redirect { get; private set; }

    /// <summary>Whether a text is an SPF record at all.</summary>
    public static bool Claims(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <exception cref="SpfException">The syntax is wrong.</exception>
    public static SpfRecord Parse(string text)
    {
        var record = new SpfRecord();
        var modifiers = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? redirect = null;
        foreach (var term in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Modifier().Match(term) is { Success: true } modifier)
            {
                var name = modifier.Groups["name"].Value;
                var value = modifier.Groups["value"].Value;
                if (name.ToLowerInvariant() is "redirect" or "exp" && (!modifiers.Add(name) || !SpfMacro.IsDomain(value)))
                {
                    throw Wrong(term);
                }

                redirect = string.Equals(name, "redirect", StringComparison.OrdinalIgnoreCase) ? value : redirect;
            }
            else if (record.mechanisms is not [.., { Name: "all" }])
            {
                record.mechanisms.Add(ParseMechanism(term));
            }
            else
            {
                // After all nothing is asked, but a receiver reads it all first.
                ParseMechanism(term);
            }
        }

        record.Redirect = record.mechanisms is [.., { Name: "all" }] ? null : redirect;
        return record;
    }

    private static SpfMechanism ParseMechanism(string term)
    {
        var found = Mechanism().Match(term);
        var name = found.Groups["name"].Value.ToLowerInvariant();
        var argument = found.Groups["argument"].Success ? found.Groups["argument"].Value : null;
        var result = found.Groups["qualifier"].Value switch
        {
            "-" => SpfResult.Fail,
            "~" => SpfResult.SoftFail,
            "?" => SpfResult.Neutral,
            _ => SpfResult.Pass,
        };
        if (!found.Success)
        {
            throw Wrong(term);
        }

        if (name is "ip4" or "ip6")
        {
            return ParseNetwork(term, result, name, found);
        }

        var four = Prefix(found.Groups["four"], 32);
        var six = Prefix(found.Groups["six"], 128);
        var hasPrefix = found.Groups["four"].Success || found.Groups["six"].Success;
        var sound = name switch
        {
            "all" => argument is null && !hasPrefix,
            "include" or "exists" => argument is not null && !hasPrefix,
            "a" or "mx" => true,
            "ptr" => !hasPrefix,
            _ => false,
        };
        return sound && four is { } prefix4 && six is { } prefix6 && (argument is null || SpfMacro.IsDomain(argument))
            ? new SpfMechanism(result, name, argument, null, prefix4, prefix6)
            : throw Wrong(term);
    }

    private static SpfMechanism ParseNetwork(string term, SpfResult result, string name, Match found)
    {
        var family = string.Equals(name, "ip4", StringComparison.Ordinal) ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var most = family == AddressFamily.InterNetwork ? 32 : 128;
        var text = found.Groups["argument"].Value;
        // The platform takes 127.1 for an address too; SPF doesn't.
        var whole = family == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3;
        return whole
            && !text.Contains('%', StringComparison.Ordinal)
            && !text.Contains('[', StringComparison.Ordinal)
            && IPAddress.TryParse(text, out var network)
            && network.AddressFamily == family
            && !found.Groups["six"].Success
            && Prefix(found.Groups["four"], most) is { } prefix
                ? new SpfMechanism(result, name, null, network, prefix, prefix)
                : throw Wrong(term);
    }

    private static int? Prefix(Group group, int most) =>
        !group.Success ? most : int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= most ? bits : null;

    private static SpfException Wrong(string term) =>
        new($"has an SPF record with “{ReplyText.Clean(term, 60)}”, which receivers can't read, so they ignore all of it; correct that word.");

    [GeneratedRegex(@"\A(?<name>[A-Za-z][A-Za-z0-9_.-]*)=(?<value>.*)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Modifier();

    // A prefix is no part of a domain-spec, though a slash may stand within the braces of a macro.
    [GeneratedRegex(@"\A(?<qualifier>[+?~-])?(?<name>[A-Za-z][A-Za-z0-9_.-]*)(:(?<argument>([^/{]|\{[^}]*\})+))?(/(?<four>[0-9]+))?(//(?<six>[0-9]+))?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Mechanism();
}
