using System.Net;
using Feeds.Testing.Dns;

namespace Feeds.Mail.Tests;

/// <summary>What is said of a domain's SPF record, against a real DNS server.</summary>
public sealed class SpfTests
{
    private const string Own = "192.0.2.10";

    public static TheoryData<string, string> Wrong => new()
    {
        { "v=spf1 ipv4:192.0.2.0/24 -all", "ipv4:192.0.2.0/24" },
        { "v=spf1 ip4:192.0.2.0/33 -all", "ip4:192.0.2.0/33" },
        { "v=spf1 ip4:192.0.2 -all", "ip4:192.0.2" },
        { "v=spf1 ip6:192.0.2.1 -all", "ip6:192.0.2.1" },
        { "v=spf1 include -all", "include" },
        { "v=spf1 a:%{x}.example.org -all", "a:%{x}.example.org" },
        { "v=spf1 a:example -all", "a:example" },
        { "v=spf1 -all:example.org", "-all:example.org" },
        { "v=spf1 redirect=a.example.org redirect=b.example.org", "redirect=b.example.org" },
        { "v=spf1 -all nonsense", "nonsense" },
    };

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.0/28 -all")]
    [InlineData("v=spf1 IP4:192.0.2.10 ~all")]
    [InlineData("v=spf1 a:mail.example.org -all")]
    [InlineData("v=spf1 mx -all")]
    [InlineData("v=spf1 mx/24 -all")]
    [InlineData("v=spf1 include:relay.example.net -all")]
    [InlineData("v=spf1 redirect=relay.example.net")]
    [InlineData("v=spf1 exists:%{ir}._ok.%{d} -all")]
    [InlineData("v=spf1 exists:%{l}.%{i}._ok.%{o2} -all")]
    [InlineData("v=spf1 unknown=value ip4:192.0.2.10 -all")]
    public async Task A_record_that_lets_the_machines_address_through_passes(string record)
    {
        await using var dns = ZoneServer.Start(("example.org", record), ("relay.example.net", "v=spf1 ip4:192.0.2.8/29 -all"));
        dns.Host("mail.example.org", Own).Exchanger("example.org", "mail.example.org")
            .Host("10.2.0.192._ok.example.org", "127.0.0.2").Host("news.192.0.2.10._ok.example.org", "127.0.0.2");

        var findings = await LookAsync(dns);

        Assert.Equal([MailVerdict.Pass, MailVerdict.Pass], findings.Select(finding => finding.Verdict));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_word_that_receivers_cannot_read_is_named(string record, string word)
    {
        await using var dns = ZoneServer.Start(("example.org", record));

        var finding = Assert.Single(await LookAsync(dns));

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains($"“{word}”", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=spf1 include:loop.example.net -all", "in a circle")]
    [InlineData("v=spf1 redirect=example.org", "in a circle")]
    [InlineData("v=spf1 include:0.deep.example.net -all", "more than 10 look-ups")]
    [InlineData("v=spf1 a:n1.example.org a:n2.example.org a:n3.example.org -all", "names that don't exist")]
    [InlineData("v=spf1 include:none.example.net -all", "none.example.net, which has none")]
    [InlineData("v=spf1 include:two.example.net -all", "more than one SPF record")]
    [InlineData("v=spf1 +all", "whole Internet")]
    [InlineData("v=spf10 -all", "has no SPF record")]
    [InlineData("v=spf1 include:huge.example.net -all", "can't read")]
    [InlineData("v=spf1 mx:many.example.net -all", "more than 10 mail exchangers")]
    public async Task What_makes_receivers_ignore_a_record_fails_with_its_mend(string record, string said)
    {
        await using var dns = ZoneServer.Start(
            ("example.org", record),
            ("loop.example.net", "v=spf1 include:round.example.net -all"),
            ("round.example.net", "v=spf1 include:loop.example.net -all"),
            ("two.example.net", "v=spf1 -all"),
            ("two.example.net", "v=spf1 ~all"),
            ("huge.example.net", $"v=spf1 {new string('x', 40_000)}"));
        for (var i = 0; i < 300; i++)
        {
            dns.Text($"{i}.deep.example.net", $"v=spf1 include:{i + 1}.deep.example.net -all");
        }

        for (var i = 0; i < 11; i++)
        {
            dns.Exchanger("many.example.net", $"mx{i}.example.net");
        }

        var finding = (await LookAsync(dns))[0];

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains(said, finding.Sentence, StringComparison.Ordinal);
        Assert.InRange(dns.Questions.Count, 1, 40);
    }

    [Fact]
    public async Task Ten_look_ups_are_not_too_many_and_are_counted_through_includes()
    {
        await using var dns = ZoneServer.Start(("example.org", "v=spf1 include:a.example.net a mx -all"), ("a.example.net", "v=spf1 a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org mx:example.org ?all"));
        dns.Host("mail.example.org", Own).Host("example.org", "192.0.2.1").Exchanger("example.org", "mail.example.org");

        Assert.Contains("10 of the 10", (await LookAsync(dns))[0].Sentence, StringComparison.Ordinal);

        await using var eleven = ZoneServer.Start(("example.org", "v=spf1 include:a.example.net a mx -all a:never.example.org"), ("a.example.net", "v=spf1 a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org a:mail.example.org mx:example.org ptr ?all"));
        eleven.Host("mail.example.org", Own).Host("example.org", "192.0.2.1").Exchanger("example.org", "mail.example.org");
        Assert.Contains("more than 10", (await LookAsync(eleven))[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_records_at_the_domain_fail_and_an_alias_is_followed()
    {
        await using var two = ZoneServer.Start(("example.org", "v=spf1 -all"), ("example.org", "v=spf1 ~all"), ("example.org", "another program's text"));
        Assert.Contains("more than one SPF record", Assert.Single(await LookAsync(two)).Sentence, StringComparison.Ordinal);

        await using var alias = ZoneServer.Start(("end.example.net", "v=spf1 ip4:192.0.2.10 -all"));
        alias.Alias("example.org", "middle.example.net").Alias("middle.example.net", "end.example.net");
        Assert.Equal(MailVerdict.Pass, (await LookAsync(alias))[1].Verdict);

        await using var circle = ZoneServer.Start();
        circle.Alias("example.org", "middle.example.net").Alias("middle.example.net", "example.org");
        Assert.Contains("has no SPF record", Assert.Single(await LookAsync(circle)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_a_relay_elsewhere_may_send_is_known_only_where_its_own_address_may()
    {
        await using var dns = ZoneServer.Start(("example.org", "v=spf1 ip4:198.51.100.0/24 -all"));

        Assert.Equal(MailVerdict.Pass, (await LookAsync(dns, own: false, "198.51.100.7"))[1].Verdict);
        Assert.Equal(MailVerdict.Unknown, (await LookAsync(dns, own: false, "203.0.113.7"))[1].Verdict);
        Assert.Equal(MailVerdict.Unknown, (await LookAsync(dns, own: false))[1].Verdict);
        var refused = (await LookAsync(dns, own: true, Own, "2001:db8::1"))[1];
        Assert.Equal(MailVerdict.Fail, refused.Verdict);
        Assert.Contains("add ip4:192.0.2.10 ip6:2001:db8::1 to", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_fails_or_is_silent_is_no_verdict_and_is_not_waited_for_twice()
    {
        await using var dns = ZoneServer.Start(("example.org", "v=spf1 include:broken.example.net -all"));
        dns.Break("broken.example.net");
        var names = new NameService([dns.Address], TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAsync<NameServiceException>(() => new SpfCheck(names).LookAsync("news@example.org", "example.org", new SendingAddresses([], false), default));

        dns.IsSilent = true;
        await Assert.ThrowsAsync<NameServiceException>(() => names.TextsAsync("a.example.org", default));
        var asked = dns.Questions.Count;
        await Assert.ThrowsAsync<NameServiceException>(() => names.TextsAsync("b.example.org", default));
        Assert.Equal(asked, dns.Questions.Count);
    }

    private static Task<IReadOnlyList<MailFinding>> LookAsync(ZoneServer dns) => LookAsync(dns, own: true, Own);

    private static Task<IReadOnlyList<MailFinding>> LookAsync(ZoneServer dns, bool own, params string[] addresses) =>
        new SpfCheck(new NameService([dns.Address])).LookAsync("news@example.org", "example.org", new SendingAddresses([.. addresses.Select(IPAddress.Parse)], own), default);
}
