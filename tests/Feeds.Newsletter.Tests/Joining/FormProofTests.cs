using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Feeds.Newsletter.Joining;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class FormProofTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_token_says_when_its_form_was_asked_for_and_no_two_are_alike()
    {
        var (one, other) = (FormToken.Write(Key, new IssuedForm(Noon, 16)), FormToken.Write(Key, new IssuedForm(Noon, 16)));

        Assert.Equal(new IssuedForm(Noon, 16), FormToken.Read(Key, one));
        Assert.NotEqual(one, other, StringComparer.Ordinal);
    }

    [Fact]
    public void A_token_with_any_letter_changed_or_of_another_key_says_nothing()
    {
        var token = FormToken.Write(Key, new IssuedForm(Noon, 0));
        for (var i = 0; i < token.Length; i++)
        {
            Assert.Null(FormToken.Read(Key, $"{token[..i]}{(token[i] == 'A' ? 'B' : 'A')}{token[(i + 1)..]}"));
        }

        Assert.Null(FormToken.Read([.. Key.Reverse()], token));
        foreach (var wrong in new[] { null, "", " ", token[..^1], token + "A", token[..^1] + "=", " " + token[1..], new string('\u00E9', token.Length), new string('A', 100_000) })
        {
            Assert.Null(FormToken.Read(Key, wrong));
        }
    }

    [Fact]
    public void Work_counts_for_the_token_and_the_address_that_it_was_done_for()
    {
        var work = Work("token", "ines@atelier.example.net", 12);

        Assert.True(ProofOfWork.Holds("token", "ines@atelier.example.net", 12, work));
        Assert.False(ProofOfWork.Holds("other", "ines@atelier.example.net", 12, work));
        Assert.False(ProofOfWork.Holds("token", "omar@atelier.example.net", 12, work));
        Assert.False(ProofOfWork.Holds("token", "ines@atelier.example.net", 30, work));
        foreach (var wrong in new[] { null, "", "-1", "0x10", " 1", "１", work + "\n", new string('1', 1_000_000) })
        {
            Assert.False(ProofOfWork.Holds("token", "ines@atelier.example.net", 12, wrong));
        }
    }

    // Written once more, from what the two sides agreed on.
    private static string Work(string token, string address, int bits)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes($"{token} {address}"));
        for (var number = 0; ; number++)
        {
            var answer = number.ToString(CultureInfo.InvariantCulture);
            if (BitOperations.LeadingZeroCount(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData([.. seed, .. Encoding.ASCII.GetBytes(answer)]))) >= bits)
            {
                return answer;
            }
        }
    }
}
