using System.Net;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Joining;

/// <summary>The names under which a request is counted: keyed hashes, so that a dump of the database tells no address and no network.</summary>
internal readonly record struct JoinKeys(string Address, string Domain, string Network)
{
    /// <summary>The one budget that all requests share.</summary>
    public const string Everybody = "everybody";

    public static JoinKeys Of(byte[] secret, string email, IPAddress? from)
    {
        var address = email.ToLowerInvariant();
        return new JoinKeys(
            LinkTokens.Digest(secret, $"address {address}"),
            LinkTokens.Digest(secret, $"domain {address[(address.LastIndexOf('@') + 1)..]}"),
            OfNetwork(secret, from));
    }

    public static string OfNetwork(byte[] secret, IPAddress? from) => LinkTokens.Digest(secret, $"network {NetworkPrefix.Of(from)}");
}
