using System.Buffers.Text;
using System.Security.Cryptography;
using Feeds.Newsletter.Subscribing;
using FsCheck.Xunit;

namespace Feeds.Newsletter.Tests;

public sealed class LinkTokensTests
{
    private static readonly byte[] Key = SHA256.HashData("a key of a test"u8);

    [Property]
    public bool A_token_says_what_it_was_written_for(long subscriber, int request, bool leave)
    {
        var purpose = leave ? LinkPurpose.Unsubscribe : LinkPurpose.Confirm;
        var reference = new LinkReference(subscriber, "weekly-2", request);
        var token = LinkTokens.Write(Key, purpose, reference);
        return LinkTokens.Read(Key, purpose, token) == reference
            && LinkTokens.Read(Key, leave ? LinkPurpose.Confirm : LinkPurpose.Unsubscribe, token) is null
            && LinkTokens.Read(new byte[32], purpose, token) is null
            && token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
    }

    [Fact]
    public void Flipping_any_bit_makes_it_nobody_s()
    {
        var token = Base64Url.DecodeFromChars(LinkTokens.Write(Key, LinkPurpose.Unsubscribe, new LinkReference(42, "weekly", 0)));
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var forged = (byte[])token.Clone();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(LinkTokens.Read(Key, LinkPurpose.Unsubscribe, Base64Url.EncodeToString(forged)));
        }
    }

    [Fact]
    public void Replacing_any_letter_makes_it_nobody_s()
    {
        // Names of three lengths, since the bits that a last letter has to spare depend on it.
        foreach (var cadence in new[] { "a", "ab", "abc" })
        {
            var token = LinkTokens.Write(Key, LinkPurpose.Confirm, new LinkReference(42, cadence, 3));
            for (var at = 0; at < token.Length; at++)
            {
                foreach (var letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= ")
                {
                    var other = $"{token[..at]}{letter}{token[(at + 1)..]}";
                    Assert.Equal(string.Equals(other, token, StringComparison.Ordinal), LinkTokens.Read(Key, LinkPurpose.Confirm, other) is not null);
                }
            }
        }
    }
}
