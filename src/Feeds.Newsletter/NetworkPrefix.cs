using System.Net;
using System.Net.Sockets;

namespace Feeds.Newsletter;

/// <summary>
/// The network that an address belongs to as its owner gets it: the last octet of IPv4 and all behind the first 48 bits of
/// IPv6 are the owner's to choose, so that many addresses of one network count as one.
/// </summary>
public static class NetworkPrefix
{
    private const int OctetsOfIPv4 = 3;
    private const int OctetsOfIPv6 = 6;

    /// <summary>Such as <c>203.0.113.0/24</c> or <c>2001:db8:7::/48</c>; what no network has, a pipe or a test, is one of its own.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var octets = plain.GetAddressBytes();
        var kept = plain.AddressFamily == AddressFamily.InterNetwork ? OctetsOfIPv4 : OctetsOfIPv6;
        octets.AsSpan(kept).Clear();
        return $"{new IPAddress(octets)}/{8 * kept}";
    }
}
