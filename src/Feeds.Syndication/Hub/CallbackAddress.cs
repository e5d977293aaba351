using System.Globalization;
using System.Net;

namespace Feeds.Syndication.Hub;

/// <summary>Where a subscriber wants to be called (WebSub §5.1).</summary>
/// <param name="Text">As the subscriber wrote it; its query may hold a secret.</param>
/// <param name="Host">Name or address and port: what may be shown of it, and what limits count by.</param>
internal sealed record CallbackAddress(string Text, string Host)
{
    /// <summary>In characters.</summary>
    public const int Longest = 2048;

    /// <summary>The address, or a sentence that says what is wrong with it.</summary>
    public static (CallbackAddress? Address, string? Refusal) Read(string text, bool isPrivateAllowed)
    {
        if (text.Length > Longest)
        {
            return (null, $"hub.callback is longer than {Longest} characters; use a shorter address.");
        }

        if (text.Any(letter => letter is < '!' or > '~'))
        {
            return (null, "hub.callback has a space, a control character or a letter outside ASCII in it; percent-encode those.");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.IdnHost.Length == 0 || address.Port < 1)
        {
            return (null, "hub.callback is no address that can be called; write it whole, beginning with https:// or http://.");
        }

        if (IsOfAnotherProtocol(address.Port))
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"hub.callback is at port {address.Port}, where something other than HTTP is spoken; use 443, 80 or a free one from 1024 on."));
        }

        if (address.UserInfo.Length > 0 || text.Contains('#', StringComparison.Ordinal))
        {
            return (null, "hub.callback has a user name or a fragment in it; put what identifies the subscription into its path or query.");
        }

        if (!isPrivateAllowed && IsPrivateOnItsFace(address))
        {
            return (null, "hub.callback is at an address that the public Internet does not reach; use one that it does.");
        }

        return (new CallbackAddress(text, $"{address.IdnHost.ToLowerInvariant()}:{address.Port}"), null);
    }

    /// <summary>The address with more in its query; what was there stays as it is (WebSub §5.1).</summary>
    public Uri With(string query)
    {
        var joint = !Text.Contains('?', StringComparison.Ordinal) ? "?" : Text[^1] is '?' or '&' ? "" : "&";
        return new Uri(Text + joint + query);
    }

    // What listens there may take lines of our request for commands of its own. Below 1024 all but HTTP's; above, those that browsers
    // don't call either (https://fetch.spec.whatwg.org/#port-blocking) and databases.
    private static bool IsOfAnotherProtocol(int port) => port
        is (< 1024 and not (80 or 443))
        or 1719 or 1720 or 1723 or 2049 or 3659 or 4045 or 4190 or 5060 or 5061 or 6000 or 6566 or (>= 6665 and <= 6669) or 6679 or 6697 or 10080
        or 1433 or 1521 or 3306 or 5432 or 6379 or 11211 or 27017;

    // Names are looked up, and their addresses checked, when the callback is called.
    private static bool IsPrivateOnItsFace(Uri address) =>
        address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            ? !PublicAddress.Is(IPAddress.Parse(address.IdnHost))
            : address.IsLoopback;
}
