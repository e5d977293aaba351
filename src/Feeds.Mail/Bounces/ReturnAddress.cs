using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Feeds.Mail;

/// <summary>What an address that we make is good for; part of what its token signs.</summary>
internal enum ReturnPurpose
{
    /// <summary>The envelope's sender: reports about the delivery come there.</summary>
    Bounce,

    /// <summary>The <c>mailto:</c> of List-Unsubscribe (RFC 2369): a mail to it is the wish to leave.</summary>
    Unsubscribe,
}

/// <summary>
/// One address per delivery: <c>bounces+token@example.org</c>. The token is the purpose's letter, the delivery's number
/// and 96 bits of HMAC-SHA256 over both, in lower-case base32. Relays change the case of addresses, so it is read in any.
/// </summary>
internal sealed class ReturnAddress
{
    /// <summary>So many octets may stand before the token's plus sign: RFC 5321 §4.5.3.1.1 allows 64 before the @.</summary>
    public const int LongestName = 64 - 1 - TokenLength;

    /// <summary>The key's name among the stored values.</summary>
    public const string KeyName = "mail.returns";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int SignatureBytes = 12;

    // 160 bits are exactly 32 letters: each number has one spelling.
    private const int SignedBytes = sizeof(long) + SignatureBytes;
    private const int TokenLength = 1 + (SignedBytes * 8 / 5);

    private readonly byte[] key;
    private readonly string name;
    private readonly string domain;

    /// <param name="address">As <see cref="MailAddressSyntax.Normalize"/> gives it, at most <see cref="LongestName"/> octets before the @.</param>
    /// <param name="key">The secret that all processes share.</param>
    public ReturnAddress(string address, byte[] key)
    {
        this.key = key;
        var at = address.LastIndexOf('@');
        (name, domain) = (address[..at], address[(at + 1)..]);
    }

    /// <summary>Whether the address has the form of one for this purpose. It proves nothing: that is what <see cref="Read"/> is for.</summary>
    public static bool LooksLike(ReturnPurpose purpose, string address) => Token(purpose, address) is not null;

    /// <summary>The address for a delivery.</summary>
    public string Write(ReturnPurpose purpose, long deliveryId)
    {
        Span<byte> signed = stackalloc byte[SignedBytes];
        BinaryPrimitives.WriteInt64BigEndian(signed, deliveryId);
        Sign(purpose, signed[..sizeof(long)], signed[sizeof(long)..]);
        return $"{name}+{Letter(purpose)}{Encode(signed)}@{domain}";
    }

    /// <summary>The delivery that the address was made for, or null where it isn't ours or is for another purpose.</summary>
    public long? Read(ReturnPurpose purpose, string address)
    {
        if (Token(purpose, address) is not { } token
            || !address.AsSpan(0, address.LastIndexOf('+')).Equals(name, StringComparison.OrdinalIgnoreCase)
            || !address.AsSpan(address.LastIndexOf('@') + 1).Equals(domain, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var signed = Decode(token);
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(purpose, signed.AsSpan()[..sizeof(long)], signature);
        return CryptographicOperations.FixedTimeEquals(signature, signed.AsSpan()[sizeof(long)..])
            ? BinaryPrimitives.ReadInt64BigEndian(signed)
            : null;
    }

    /// <summary>The same for the first of several addresses that was made by us.</summary>
    public long? Read(ReturnPurpose purpose, IEnumerable<string> addresses) =>
        addresses.Select(address => Read(purpose, address)).FirstOrDefault(delivery => delivery is not null);

    private static char Letter(ReturnPurpose purpose) => purpose == ReturnPurpose.Bounce ? 'b' : 'u';

    /// <summary>The token's signed letters, in lower case.</summary>
    private static string? Token(ReturnPurpose purpose, string address)
    {
        var at = address.LastIndexOf('@');
        var plus = address.LastIndexOf('+');
        if (plus < 0 || at - plus - 1 != TokenLength)
        {
            return null;
        }

        var token = address[(plus + 1)..at].ToLowerInvariant();
        return token[0] == Letter(purpose) && token.Skip(1).All(letter => Alphabet.Contains(letter, StringComparison.Ordinal)) ? token[1..] : null;
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> letters = stackalloc char[TokenLength - 1];
        for (var letter = 0; letter < letters.Length; letter++)
        {
            var value = 0;
            for (var bit = letter * 5; bit < (letter * 5) + 5; bit++)
            {
                value = (value << 1) | ((bytes[bit / 8] >> (7 - (bit % 8))) & 1);
            }

            letters[letter] = Alphabet[value];
        }

        return new string(letters);
    }

    private static byte[] Decode(string letters)
    {
        var bytes = new byte[SignedBytes];
        for (var bit = 0; bit < SignedBytes * 8; bit++)
        {
            var value = Alphabet.IndexOf(letters[bit / 5], StringComparison.Ordinal);
            bytes[bit / 8] |= (byte)(((value >> (4 - (bit % 5))) & 1) << (7 - (bit % 8)));
        }

        return bytes;
    }

    private void Sign(ReturnPurpose purpose, ReadOnlySpan<byte> number, Span<byte> signature)
    {
        Span<byte> content = stackalloc byte[1 + sizeof(long)];
        content[0] = (byte)Letter(purpose);
        number.CopyTo(content[1..]);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, whole);
        whole[..signature.Length].CopyTo(signature);
    }
}
