using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Feeds.Syndication.Hub;

/// <summary>What a subscriber asks for: a request whose fields can be read.</summary>
/// <param name="Mode">For a subscription or for its end.</param>
/// <param name="Topic">The address of a feed, as far as one can see: as it was written.</param>
/// <param name="Callback">Where.</param>
/// <param name="Lease">How long, within what we grant.</param>
/// <param name="Secret">What pushes are signed with; null where there is none.</param>
internal sealed record Wish(HubMode Mode, string Topic, CallbackAddress Callback, TimeSpan Lease, byte[]? Secret)
{
    private const int LongestSecretBytes = 199;

    private static readonly TimeSpan ShortestLease = TimeSpan.FromDays(1);
    private static readonly TimeSpan UsualLease = TimeSpan.FromDays(10);
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(30);

    /// <summary>Names the subscription: one topic at one callback.</summary>
    public static string Key(string callback, string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{callback}\n{path}")));

    /// <summary>The wish, or a sentence that says what is wrong with the request.</summary>
    public static (Wish? Wish, string? Refusal) Read(HubRequest request, bool isPrivateAllowed)
    {
        if (request.Mode is not ("subscribe" or "unsubscribe"))
        {
            return (null, request.Mode is "publish"
                ? "This hub tells of its own feeds alone, as soon as they change; nobody needs to tell it."
                : "hub.mode is neither subscribe nor unsubscribe; write one of the two.");
        }

        if (string.IsNullOrEmpty(request.Topic))
        {
            return (null, "hub.topic is lacking; write the address of a feed as its rel=\"self\" link has it.");
        }

        if (string.IsNullOrEmpty(request.Callback))
        {
            return (null, "hub.callback is lacking; write the address that is to be called.");
        }

        var (callback, refusal) = CallbackAddress.Read(request.Callback, isPrivateAllowed);
        if (callback is null)
        {
            return (null, refusal);
        }

        if (request.Mode is "unsubscribe")
        {
            // The rest says nothing there (§5.1).
            return (new Wish(HubMode.Unsubscribe, request.Topic, callback, TimeSpan.Zero, Secret: null), null);
        }

        if (ReadLease(request.LeaseSeconds) is not { } lease)
        {
            return (null, "hub.lease_seconds is no number of seconds; write digits alone, or leave it out.");
        }

        var secret = Encoding.UTF8.GetBytes(request.Secret ?? "");
        return secret.Length > LongestSecretBytes
            ? (null, $"hub.secret is longer than {LongestSecretBytes} bytes; use a shorter one.")
            : (new Wish(HubMode.Subscribe, request.Topic, callback, lease, secret.Length > 0 ? secret : null), null);
    }

    private static TimeSpan? ReadLease(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return UsualLease;
        }

        if (!text.All(char.IsAsciiDigit))
        {
            return null;
        }

        var isShort = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < LongestLease.TotalSeconds;
        var lease = isShort ? TimeSpan.FromSeconds(seconds) : LongestLease;
        return lease > ShortestLease ? lease : ShortestLease;
    }
}
