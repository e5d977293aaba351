using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Feeds.Mail;

/// <summary>The public addresses that mails leave from, as far as they can be known.</summary>
/// <param name="Addresses">Few, perhaps none.</param>
/// <param name="AreOwn">Whether they are this machine's; else they are the relay's, which may send from others.</param>
internal sealed record SendingAddresses(IReadOnlyList<IPAddress> Addresses, bool AreOwn)
{
    private const int Most = 8;

    /// <summary>Of a relay on this machine the machine's own, of another the relay's.</summary>
    public static SendingAddresses Of(IReadOnlyList<IPAddress> relay)
    {
        var own = relay.Count > 0 && relay.All(IPAddress.IsLoopback);
        var candidates = own
            ? NetworkInterface.GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus == OperationalStatus.Up)
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
            : relay;
        return new SendingAddresses([.. candidates.Select(Plain).Where(IsPublic).Distinct().Take(Most)], own);
    }

    /// <summary>Those of several relays: only what all have in common is sure to be this machine's.</summary>
    public static SendingAddresses Together(IReadOnlyList<SendingAddresses> origins) =>
        new([.. origins.SelectMany(origin => origin.Addresses).Distinct().Take(Most)], origins.Count > 0 && origins.All(origin => origin.AreOwn));

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;

    // Behind address translation nobody sees these (RFC 1918, RFC 6598, RFC 3927, RFC 4193).
    private static bool IsPublic(IPAddress address) => address.GetAddressBytes() switch
    {
        [0 or 10 or 127, _, _, _] or [172, >= 16 and <= 31, _, _] or [192, 168, _, _] or [169, 254, _, _] or [100, >= 64 and <= 127, _, _] or [>= 224, _, _, _] => false,
        { Length: 4 } => true,
        _ => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6UniqueLocal && !address.IsIPv6Multicast && !address.IsIPv6SiteLocal && !address.Equals(IPAddress.IPv6Any),
    };
}
