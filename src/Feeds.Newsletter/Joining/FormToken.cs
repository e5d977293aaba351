using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Feeds.Newsletter.Joining;

/// <summary>What the hidden field of a form of ours says.</summary>
/// <param name="Issued">When the page was asked for.</param>
/// <param name="Bits">How much work the page was asked to do; 0 for none.</param>
internal sealed record IssuedForm(DateTimeOffset Issued, int Bits);

/// <summary>
/// Shows that a form came from a page of ours, and when that was asked for: instant, a number used once, and work asked for
/// in the clear, then 128 bits of HMAC-SHA256 over them, in base64url. It is bound to nobody: a phone changes networks.
/// </summary>
internal static class FormToken
{
    private const int SignatureBytes = 16;
    private const int NonceBytes = 8;
    private const int SignedBytes = sizeof(long) + NonceBytes + sizeof(byte);
    private const int Length = SignedBytes + SignatureBytes;

    public static string Write(byte[] key, IssuedForm form)
    {
        Span<byte> token = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(token, form.Issued.ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(token.Slice(sizeof(long), NonceBytes));
        token[SignedBytes - 1] = (byte)form.Bits;
        Sign(key, token[..SignedBytes], token[SignedBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What it says, or null where it isn't ours.</summary>
    public static IssuedForm? Read(byte[] key, string? token)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (token?.Length != Base64Url.GetEncodedLength(Length) || !Base64Url.IsValid(token) || Base64Url.DecodeFromChars(token, bytes) != Length)
        {
            return null;
        }

        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(key, bytes[..SignedBytes], signature);
        return CryptographicOperations.FixedTimeEquals(signature, bytes[SignedBytes..])
            ? new IssuedForm(DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)), bytes[SignedBytes - 1])
            : null;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }
}
