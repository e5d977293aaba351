using System.Net;
using System.Net.Sockets;

namespace Feeds.Syndication.Hub;

/// <summary>
/// Which addresses belong to the public Internet, by the registries of special-purpose addresses (RFC 6890,
/// https://www.iana.org/assignments/iana-ipv6-special-registry/).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        .. Networks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        .. Networks("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    ];

    // What is public in IPv6 is in here; loopback, ULA, link-local, multicast, IPv4-mapped and NAT64 are not.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Protocol assignments (Teredo is in them), documentation, and 6to4, which carries an IPv4 address of any kind.
    private static readonly IPNetwork[] SpecialIPv6 = [.. Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")];

    /// <summary>Whether it is one that anybody on the Internet could reach.</summary>
    public static bool Is(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !SpecialIPv4.Any(network => network.Contains(address)),
        // An IPv4 address in IPv6 clothes is compared by its four bytes there, which fit into many a network of IPv6.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && GlobalUnicast.Contains(address) && !SpecialIPv6.Any(network => network.Contains(address)),
        _ => false,
    };

    private static IEnumerable<IPNetwork> Networks(params IEnumerable<string> texts) => texts.Select(IPNetwork.Parse);
}
