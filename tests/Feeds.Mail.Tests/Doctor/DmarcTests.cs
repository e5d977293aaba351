using Feeds.Testing.Dns;

namespace Feeds.Mail.Tests;

/// <summary>DMARC by RFC 9989.</summary>
public sealed class DmarcTests
{
    private const string Good = "v=DMARC1; p=reject; rua=mailto:reports@example.org";

    [Theory]
    [InlineData(Good, MailVerdict.Pass, "p=reject")]
    [InlineData("v=DMARC1;p=none;sp=reject;np=reject;psd=n;t=n;adkim=s;aspf=r;fo=1;rua=mailto:a@example.org", MailVerdict.Pass, "p=none")]
    [InlineData($"{Good}; pct=20; ri=3600", MailVerdict.Advice, "removed pct, ri")]
    [InlineData($"{Good}; t=y", MailVerdict.Advice, "t=y says")]
    [InlineData($"{Good}; psd=y", MailVerdict.Advice, "psd=y says")]
    [InlineData($"{Good}; aspv=s", MailVerdict.Advice, "Nobody knows aspv")]
    [InlineData("v=DMARC1; p=reject", MailVerdict.Advice, "no rua=")]
    [InlineData("v=DMARC1; rua=mailto:a@example.org", MailVerdict.Advice, "no p=")]
    [InlineData("v=DMARC1; sp=none", MailVerdict.Fail, "neither p= nor rua=")]
    [InlineData("v=DMARC1; p=refuse", MailVerdict.Fail, "p=refuse")]
    [InlineData("v=DMARC1; p=none; adkim=strict", MailVerdict.Fail, "adkim=strict")]
    [InlineData("v=DMARC1; p=none; p=none", MailVerdict.Fail, "the tag p twice")]
    [InlineData("v=DMARC1, p=none", MailVerdict.Fail, "no DMARC record")]
    [InlineData("v=dmarc1; p=none", MailVerdict.Fail, "no DMARC record")]
    [InlineData("p=none; v=DMARC1", MailVerdict.Fail, "no DMARC record")]
    public async Task The_record_of_the_domain_is_judged_by_its_tags(string record, MailVerdict verdict, string said)
    {
        await using var dns = ZoneServer.Start(("_dmarc.example.org", record));

        var finding = await new DmarcCheck(new NameService([dns.Address])).LookAsync("example.org", default);

        Assert.Equal(verdict, finding.Verdict);
        Assert.Contains(said, finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_walk_up_a_long_name_asks_eight_questions()
    {
        await using var dns = ZoneServer.Start(("_dmarc.example.org", Good));

        var finding = await new DmarcCheck(new NameService([dns.Address])).LookAsync("a.b.c.d.e.f.g.h.i.j.example.org", default);

        Assert.Contains("_dmarc.example.org", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(
            ["a.b.c.d.e.f.g.h.i.j.example.org", "f.g.h.i.j.example.org", "g.h.i.j.example.org", "h.i.j.example.org", "i.j.example.org", "j.example.org", "example.org", "org"],
            dns.Questions.Distinct(StringComparer.Ordinal).Select(question => question["_dmarc.".Length..^" Txt".Length]),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Several_records_at_a_name_are_none_and_it_is_said()
    {
        await using var dns = ZoneServer.Start(("_dmarc.example.org", Good), ("_dmarc.example.org", Good), ("_dmarc.example.org", "another's"));

        var finding = await new DmarcCheck(new NameService([dns.Address])).LookAsync("example.org", default);

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains("more than one DMARC record", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    // One record, at the organisation: all below belong together.
    [InlineData("_dmarc.example.org", Good, "news.example.org", "example.org")]
    // psd=n ends the walk: nobody above.
    [InlineData("_dmarc.news.example.org", $"{Good}; psd=n", "news.example.org", "news.example.org")]
    // psd=y above: the label below it.
    [InlineData("_dmarc.host.example", $"{Good}; psd=y", "news.shop.host.example", "shop.host.example")]
    // psd=y where the walk begins says nothing of itself.
    [InlineData("_dmarc.host.example", $"{Good}; psd=y", "host.example", "host.example")]
    // No record at all: everybody is their own.
    [InlineData("_dmarc.elsewhere.example", Good, "news.example.org", "news.example.org")]
    public async Task The_organisation_is_found_by_walking_up(string at, string record, string domain, string organization)
    {
        await using var dns = ZoneServer.Start((at, record));
        if (at is "_dmarc.news.example.org")
        {
            dns.Text("_dmarc.example.org", Good);
        }

        Assert.Equal(organization, await new DmarcWalk(new NameService([dns.Address])).OrganizationAsync(domain, default));
    }

    [Theory]
    [InlineData("", "example.org", "bounces.example.org", MailVerdict.Pass, "Both")]
    [InlineData("; aspf=s", "example.org", "bounces.example.org", MailVerdict.Pass, "needn't")]
    [InlineData("", null, "bounces.example.org", MailVerdict.Advice, "Only the envelope")]
    [InlineData("", null, "relay.example.net", MailVerdict.Unknown, "Mail:Dkim has no key")]
    public async Task Alignment_is_relaxed_unless_the_record_is_strict(string more, string? signing, string envelope, MailVerdict verdict, string said)
    {
        await using var dns = ZoneServer.Start(("_dmarc.example.org", Good + more));

        var finding = await new DmarcCheck(new NameService([dns.Address])).AlignAsync("example.org", signing, envelope, default);

        Assert.Equal(verdict, finding.Verdict);
        Assert.Contains(said, finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_the_parent_proves_nothing_where_the_record_is_strict()
    {
        await using var dns = ZoneServer.Start(("_dmarc.example.org", $"{Good}; adkim=s; aspf=s"));

        var finding = await new DmarcCheck(new NameService([dns.Address])).AlignAsync("news.example.org", "example.org", "bounces.example.org", default);

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
    }
}
