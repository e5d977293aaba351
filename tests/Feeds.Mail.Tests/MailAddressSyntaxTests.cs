using FsCheck.Xunit;

namespace Feeds.Mail.Tests;

public sealed class MailAddressSyntaxTests
{
    [Theory]
    [InlineData("name@example.org", "name@example.org")]
    [InlineData("  name@example.org ", "name@example.org")]
    [InlineData("First.Last+tag@EXAMPLE.Org", "First.Last+tag@example.org")]
    [InlineData("o'brien!#$%&*/=?^_`{|}~-@example.org", "o'brien!#$%&*/=?^_`{|}~-@example.org")]
    [InlineData("élodie@example.org", "élodie@example.org")]
    [InlineData("name@Café.example", "name@xn--caf-dma.example")]
    [InlineData("name@例え。テスト", "name@xn--r8jz45g.xn--zckzah")]
    [InlineData("root@localhost", "root@localhost")]
    public void An_address_is_stored_with_its_domain_in_one_form(string typed, string stored)
    {
        Assert.Equal(stored, MailAddressSyntax.Normalize(typed, out var reason));
        Assert.Null(reason);
        Assert.Equal(stored, MailAddressSyntax.Normalize(stored, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("@example.org")]
    [InlineData("name@")]
    [InlineData("name@example")]
    [InlineData("name@example..org")]
    [InlineData("name@example.org.")]
    [InlineData("name@-example.org")]
    [InlineData("name@127.0.0.1")]
    [InlineData("name@[127.0.0.1]")]
    [InlineData("name@exa_mple.org")]
    [InlineData("a@b@example.org")]
    [InlineData(".name@example.org")]
    [InlineData("na..me@example.org")]
    [InlineData("\"na me\"@example.org")]
    [InlineData("name(comment)@example.org")]
    [InlineData("Name <name@example.org>")]
    [InlineData("name@example.org,other@example.org")]
    [InlineData("name@example.org\r\nBcc: other@example.org")]
    [InlineData("name@example.org\n")]
    [InlineData("na\0me@example.org")]
    [InlineData("na\u2028me@example.org")]
    [InlineData("na\u202eme@example.org")]
    [InlineData("na me@example.org")]
    [InlineData("name@exam\u00adple.org\u200b")]
    public void What_is_no_plain_address_is_refused_with_a_sentence(string? typed)
    {
        Assert.Null(MailAddressSyntax.Normalize(typed, out var reason));
        Assert.EndsWith(".", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("other@", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_are_counted_in_octets_of_what_would_be_stored()
    {
        var domain = $"{new string('d', 60)}.{new string('e', 60)}.{new string('f', 59)}.example";

        Assert.NotNull(MailAddressSyntax.Normalize($"{new string('a', 64)}@{domain}", out _));
        Assert.Null(MailAddressSyntax.Normalize($"{new string('a', 65)}@example.org", out _));
        Assert.Null(MailAddressSyntax.Normalize($"{new string('é', 33)}@example.org", out _));
        Assert.Null(MailAddressSyntax.Normalize($"{new string('a', 64)}@x{domain}", out _));
        Assert.Null(MailAddressSyntax.Normalize(new string('a', 1_000_000), out _));
    }

    [Property(MaxTest = 2000)]
    public void Whatever_is_typed_is_refused_or_safe_in_a_header_and_an_envelope(string? typed, string? local, string? domain)
    {
        foreach (var candidate in new[] { typed, $"{local}@{domain}", $"{local}@example.org" })
        {
            var stored = MailAddressSyntax.Normalize(candidate, out var reason);

            Assert.Equal(stored is null, reason is not null);
            Assert.True(stored is null || !stored.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || "<>()[],;:\\\"".Contains(c, StringComparison.Ordinal)));
            Assert.True(stored is null || string.Equals(stored, MailAddressSyntax.Normalize(stored, out _), StringComparison.Ordinal));
        }
    }
}
