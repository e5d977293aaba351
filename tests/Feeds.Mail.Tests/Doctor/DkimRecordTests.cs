using System.Security.Cryptography;
using Feeds.Testing.Dns;

namespace Feeds.Mail.Tests;

/// <summary>Whether the key in DNS is the one at hand.</summary>
public sealed class DkimRecordTests
{
    private const string Rsa = "rsa1._domainkey.example.org";

    [Fact]
    public async Task A_key_in_DNS_that_is_the_one_at_hand_passes_in_each_form()
    {
        using var keys = new DkimPublisher().AddRsa().AddEd25519();
        var record = keys.Records[Rsa];
        await using var dns = ZoneServer.Start(keys.Records.Select(one => (one.Key, one.Value)).ToArray());
        Assert.True(record.Length > 255, "A TXT record of several strings.");
        Assert.Equal(MailVerdict.Pass, (await LookAsync(dns, keys.Entries[0])).Verdict);
        Assert.Equal(MailVerdict.Pass, (await LookAsync(dns, keys.Entries[1])).Verdict);

        using var rsa = RSA.Create();
        rsa.ImportFromPem(await File.ReadAllTextAsync(keys.Entries[0].KeyFile));
        await using var old = ZoneServer.Start((Rsa, $"p= {Convert.ToBase64String(rsa.ExportRSAPublicKey()).Insert(40, " \t ")} ; t=s; s=email; h=sha1:sha256;"));
        Assert.Equal(MailVerdict.Pass, (await LookAsync(old, keys.Entries[0])).Verdict);

        await using var testing = ZoneServer.Start((Rsa, $"{record}; t=y:s"));
        Assert.Equal(MailVerdict.Advice, (await LookAsync(testing, keys.Entries[0])).Verdict);
    }

    [Fact]
    public async Task Whatever_makes_signatures_fail_is_told_with_the_record_to_publish()
    {
        using var keys = new DkimPublisher().AddRsa();
        using var others = new DkimPublisher().AddRsa().AddEd25519();
        var right = keys.Records[Rsa];
        foreach (var (published, said) in new[]
        {
            ("v=DKIM1; k=rsa; p=", "revoked"),
            (others.Records[Rsa], "another key"),
            (others.Records["ed1._domainkey.example.org"], "another type"),
            (right.Replace("v=DKIM1", "v=DKIM2", StringComparison.Ordinal), "v=DKIM1"),
            ($"{right}; h=sha1", "SHA-256"),
            ($"{right}; s=tlsrpt", "isn't for e-mail"),
            ("v=DKIM1; k=rsa", "no p="),
            ($"{right}; p=x", "the tag p twice"),
            ("a mistake", "“a mistake”"),
            ($"{right[..80]}!!!", "another key"),
        })
        {
            await using var dns = ZoneServer.Start((Rsa, published));
            var finding = await LookAsync(dns, keys.Entries[0]);
            Assert.Equal(MailVerdict.Fail, finding.Verdict);
            Assert.Contains(said, finding.Sentence, StringComparison.Ordinal);
            Assert.Contains($"“{right}”", finding.Sentence, StringComparison.Ordinal);
        }

        await using var none = ZoneServer.Start();
        Assert.Contains("Nothing is published", (await LookAsync(none, keys.Entries[0])).Sentence, StringComparison.Ordinal);
        await using var two = ZoneServer.Start((Rsa, right), (Rsa, right));
        Assert.Contains("2 TXT records", (await LookAsync(two, keys.Entries[0])).Sentence, StringComparison.Ordinal);
    }

    private static Task<MailFinding> LookAsync(ZoneServer dns, DkimOptions entry) => new DkimRecordCheck(new NameService([dns.Address])).LookAsync(entry, default);
}
