using System.Net;
using Feeds.Testing.Dns;

namespace Feeds.Mail.Tests;

/// <summary>MX, PTR, MTA-STS and TLS-RPT.</summary>
public sealed class ReturnPathTests
{
    [Fact]
    public async Task The_domain_of_bounces_must_take_mail()
    {
        await using var dns = ZoneServer.Start();
        dns.Exchanger("good.example", "mx.good.example").Host("mx.good.example", "192.0.2.1")
            .Exchanger("half.example", "mx.good.example").Exchanger("half.example", "gone.good.example")
            .Exchanger("homeless.example", "gone.good.example")
            .Exchanger("null.example", "")
            .Host("bare.example", "2001:db8::1");
        var check = new ReturnPathCheck(new NameService([dns.Address]));

        var verdicts = new List<MailVerdict>();
        foreach (var domain in new[] { "good.example", "half.example", "bare.example", "homeless.example", "null.example", "nothing.example" })
        {
            verdicts.Add((await check.ExchangersAsync(domain, default)).Verdict);
        }

        Assert.Equal([MailVerdict.Pass, MailVerdict.Advice, MailVerdict.Advice, MailVerdict.Fail, MailVerdict.Fail, MailVerdict.Fail], verdicts);
    }

    [Theory]
    [InlineData("192.0.2.1", true, MailVerdict.Pass)]
    [InlineData("192.0.2.2", true, MailVerdict.Fail)]
    [InlineData("192.0.2.3", true, MailVerdict.Fail)]
    [InlineData("192.0.2.3", false, MailVerdict.Unknown)]
    [InlineData(null, true, MailVerdict.Unknown)]
    public async Task An_address_that_mails_come_from_needs_a_name_that_leads_back(string? address, bool own, MailVerdict verdict)
    {
        await using var dns = ZoneServer.Start();
        dns.Reverse("192.0.2.1", "mail.example.org").Host("mail.example.org", "192.0.2.1").Reverse("192.0.2.2", "mail.example.org");

        var finding = await new ReturnPathCheck(new NameService([dns.Address])).NamesAsync(new SendingAddresses(address is null ? [] : [IPAddress.Parse(address)], own), default);

        Assert.Equal(verdict, finding.Verdict);
    }

    [Theory]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("10.0.0.1", "", false)]
    [InlineData("::ffff:192.168.3.4", "", false)]
    [InlineData("fe80::1", "", false)]
    [InlineData("8.8.4.4", "8.8.4.4", false)]
    [InlineData("2620:fe::fe", "2620:fe::fe", false)]
    public void Addresses_that_nobody_else_sees_are_not_taken_for_the_senders(string relay, string known, bool own)
    {
        var origin = SendingAddresses.Of([IPAddress.Parse(relay)]);

        Assert.Equal(own, origin.AreOwn);
        Assert.True(own || string.Equals(known, string.Join(' ', origin.Addresses), StringComparison.Ordinal));
    }

    [Fact]
    public async Task MTA_STS_and_TLS_RPT_are_optional_but_must_be_whole()
    {
        await using var dns = ZoneServer.Start(
            ("_smtp._tls.good.example", "v=TLSRPTv1; rua=mailto:a@good.example,https://good.example/tls"),
            ("_smtp._tls.bad.example", "v=TLSRPTv1; rua=a@bad.example"),
            ("_mta-sts.bad.example", "v=STSv1; id="),
            // A name that can't be: its policy can't be fetched.
            ("_mta-sts.invalid", "v=STSv1; id=20261123"));
        using var web = TransportCheck.Web();
        using var check = new TransportCheck(new NameService([dns.Address]), web);

        Assert.Equal(MailVerdict.Pass, (await check.ReportAsync("good.example", default)).Verdict);
        Assert.Equal(MailVerdict.Fail, (await check.ReportAsync("bad.example", default)).Verdict);
        Assert.Equal(MailVerdict.Advice, (await check.ReportAsync("none.example", default)).Verdict);
        Assert.Equal(MailVerdict.Advice, (await check.InsistAsync("none.example", default)).Verdict);
        Assert.Equal(MailVerdict.Fail, (await check.InsistAsync("bad.example", default)).Verdict);
        Assert.Contains("doesn't give it", (await check.InsistAsync("invalid", default)).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version: STSv1\nmode: enforce\nmx: mx.example.org\nmx: *.backup.example.org\nmax_age: 604800\n", null)]
    [InlineData("version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n", null)]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.example.org\nmax_age: 604800\n", "doesn't name the MX one.backup.example.org")]
    [InlineData("mode: enforce\nmax_age: 1\n", "version: STSv1")]
    [InlineData("version: STSv1\nmode: force\nmax_age: 1\n", "the mode “force”")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.example.org\nmax_age: 99999999999\n", "max_age")]
    public void A_policy_must_name_every_exchanger(string policy, string? said)
    {
        var failure = TransportCheck.Judge(policy, ["mx.example.org", "one.backup.example.org"]);

        Assert.Equal(said is null, failure is null);
        Assert.Contains(said ?? "", failure ?? "", StringComparison.Ordinal);
    }
}
