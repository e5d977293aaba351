using System.Text;
using FsCheck.Xunit;

namespace Feeds.Mail.Tests.Bounces;

public sealed class ReturnAddressTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];
    private static readonly ReturnAddress Ours = new("bounces@news.example.org", Key);

    [Property(MaxTest = 2000)]
    public void A_delivery_s_address_is_read_back_in_any_case_and_for_its_purpose_only(long delivery, bool upper)
    {
        var address = Ours.Write(ReturnPurpose.Bounce, delivery);
        var received = upper ? address.ToUpperInvariant() : address;

        Assert.Equal(delivery, Ours.Read(ReturnPurpose.Bounce, received));
        Assert.True(ReturnAddress.LooksLike(ReturnPurpose.Bounce, received));
        Assert.Null(Ours.Read(ReturnPurpose.Unsubscribe, received));
        Assert.Null(Ours.Read(ReturnPurpose.Unsubscribe, received.Replace("+b", "+u", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(delivery, Ours.Read(ReturnPurpose.Unsubscribe, Ours.Write(ReturnPurpose.Unsubscribe, delivery)));
    }

    [Property(MaxTest = 2000)]
    public void A_token_with_one_letter_changed_is_nobody_s(long delivery, byte where, byte by)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        var address = Ours.Write(ReturnPurpose.Bounce, delivery).ToCharArray();
        var position = "bounces+b".Length + (where % 32);
        address[position] = Alphabet[(Alphabet.IndexOf(address[position], StringComparison.Ordinal) + 1 + (by % 31)) % 32];

        Assert.Null(Ours.Read(ReturnPurpose.Bounce, new string(address)));
    }

    [Property(MaxTest = 2000)]
    public void Whatever_is_written_there_it_is_read_as_nobody_s(string? text, string? token)
    {
        foreach (var address in new[] { text ?? "", $"bounces+{token}@news.example.org", $"{text}@news.example.org", $"bounces+b{token}" })
        {
            Assert.Null(Ours.Read(ReturnPurpose.Bounce, address));
        }
    }

    [Fact]
    public void Another_key_another_name_and_another_domain_are_nobody_s()
    {
        var address = Ours.Write(ReturnPurpose.Bounce, 7);

        Assert.Null(new ReturnAddress("bounces@news.example.org", new byte[32]).Read(ReturnPurpose.Bounce, address));
        Assert.Null(new ReturnAddress("bounce@news.example.org", Key).Read(ReturnPurpose.Bounce, address));
        Assert.Null(new ReturnAddress("bounces@example.org", Key).Read(ReturnPurpose.Bounce, address));
        Assert.Null(Ours.Read(ReturnPurpose.Bounce, address.Replace("news.example.org", "other.example", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_longest_name_still_gives_an_address_that_may_be_written_to()
    {
        var longest = new ReturnAddress($"{new string('n', ReturnAddress.LongestName)}@example.org", Key);
        var address = longest.Write(ReturnPurpose.Bounce, long.MaxValue);

        Assert.Equal(64, Encoding.UTF8.GetByteCount(address[..address.IndexOf('@', StringComparison.Ordinal)]));
        Assert.Equal(address, MailAddressSyntax.Normalize(address, out _));
        Assert.Equal(long.MaxValue, longest.Read(ReturnPurpose.Bounce, address));
    }
}
