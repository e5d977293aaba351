using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What a personal link is good for; part of what its token signs.</summary>
internal enum LinkPurpose : byte
{
    Confirm = 1,
    Unsubscribe = 2,
    Preview = 3,
    Preferences = 4,
    Keep = 5,
    Address = 6,

    /// <summary>Nobody's: it shows what a cohort got, and is worth nothing else.</summary>
    View = 7,
}

/// <summary>What a token is about.</summary>
/// <param name="SubscriberId">The person; of <see cref="LinkPurpose.View"/> the slot, in milliseconds since 1970.</param>
/// <param name="Newsletter">The subscription's other half; empty where the token is about the person, a new address's keyed hash where it is about that, the cadence where about an edition.</param>
/// <param name="Request">Which request a confirmation answers, which cohort got the edition, or for preferences how often the address had changed; 0 otherwise.</param>
internal readonly record struct LinkReference(long SubscriberId, string Newsletter, int Request);

/// <summary>
/// Tokens of personal links: purpose, person, newsletter and request in the clear, then 128 bits of HMAC-SHA256 over them,
/// all in base64url. Nothing that a token says can be changed, and one purpose's token is worth nothing for another.
/// </summary>
internal sealed class LinkTokens(StoredValues values)
{
    private const int SignatureBytes = 16;
    private const int LongestToken = 128;
    private const int PrefixBytes = sizeof(byte) + sizeof(long) + sizeof(int);

    public Task<byte[]> KeyAsync(CancellationToken cancellationToken) => values.KeyAsync("newsletter.links", 32, cancellationToken);

    public static string Write(byte[] key, LinkPurpose purpose, LinkReference reference)
    {
        var name = Encoding.ASCII.GetByteCount(reference.Newsletter);
        Span<byte> token = stackalloc byte[PrefixBytes + name + SignatureBytes];
        token[0] = (byte)purpose;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(token[1..], reference.SubscriberId);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(token[9..], reference.Request);
        Encoding.ASCII.GetBytes(reference.Newsletter, token[PrefixBytes..]);
        Sign(key, token[..^SignatureBytes], token[^SignatureBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What the token is about, or null where it isn't ours or is for another purpose.</summary>
    public static LinkReference? Read(byte[] key, LinkPurpose purpose, string? token)
    {
        if (token is null || token.Length > LongestToken || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        // The last character has bits to spare, and blanks are skipped: only one spelling is ours.
        if (bytes.Length < PrefixBytes + SignatureBytes || !string.Equals(Base64Url.EncodeToString(bytes), token, StringComparison.Ordinal))
        {
            return null;
        }

        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(key, bytes.AsSpan()[..^SignatureBytes], signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, bytes.AsSpan()[^SignatureBytes..]) || bytes[0] != (byte)purpose)
        {
            return null;
        }

        return new LinkReference(
            System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1)),
            Encoding.ASCII.GetString(bytes.AsSpan()[PrefixBytes..^SignatureBytes]),
            System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(9)));
    }

    /// <summary>The token that all in a cohort have of an edition: whoever has it may read what they got.</summary>
    public static string View(byte[] key, string cadence, DateTimeOffset slot, int part) => Write(key, LinkPurpose.View, new LinkReference(slot.ToUnixTimeMilliseconds(), cadence, part));

    /// <summary>
    /// The left side of a Message-ID: the same for a subscriber and slot however often it is asked for, and no one's guess. The
    /// subscriber's number comes before what nobody guesses, so that an edition's are found and stored beside each other.
    /// </summary>
    public static string MessageName(byte[] key, string cadence, DateTimeOffset slot, long subscriberId)
    {
        var at = slot.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", System.Globalization.CultureInfo.InvariantCulture);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cadence}.{at}.{subscriberId:x8}.{Digest(key, $"message {cadence} {at} {subscriberId}")}");
    }

    /// <summary>A keyed hash of a text, 32 hexadecimal digits.</summary>
    public static string Digest(byte[] key, string text)
    {
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(key, Encoding.UTF8.GetBytes(text), signature);
        return Convert.ToHexStringLower(signature);
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }
}
