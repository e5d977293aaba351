using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Feeds.Newsletter.Joining;

/// <summary>
/// What a visitor's browser does unseen while mail is short: it looks for a number which, behind a hash of the form's token
/// and address, has a SHA-256 that begins with so many zero bits. One address costs one search, and checking it nothing.
/// </summary>
/// <remarks><c>wwwroot/subscribe.js</c> is the other half; each hash is of a single block, so that a phone is quick.</remarks>
internal static class ProofOfWork
{
    /// <summary>65,536 hashes on average: some tenths of a second on a phone, and 18 CPU-minutes for a thousand addresses.</summary>
    public const int Bits = 16;

    private const int LongestAnswer = 15;

    public static bool Holds(string token, string address, int bits, string? answer) =>
        answer is { Length: > 0 and <= LongestAnswer } && answer.All(char.IsAsciiDigit)
        && ZeroBits(SHA256.HashData(Encoding.UTF8.GetBytes($"{token} {address}")), answer) >= bits;

    private static int ZeroBits(byte[] seed, string answer)
    {
        Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes + LongestAnswer];
        seed.CopyTo(block);
        var length = seed.Length + Encoding.ASCII.GetBytes(answer, block[seed.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block[..length], hash);
        return BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }
}
