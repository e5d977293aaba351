using System.Security.Cryptography;
using System.Text;

namespace Feeds.Syndication.Hub;

/// <summary>Names a follower without its address, in which there may be a secret.</summary>
internal static class FollowerName
{
    public static string Of(string kind, Uri address) =>
        $"{kind} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.AbsoluteUri)))}";
}
