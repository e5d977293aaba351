using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Feeds.Mail.Tests;

public sealed class DkimKeyTests
{
    public static TheoryData<string, Action<MailOptions, TestFolder>> Mistakes => new()
    {
        { "Mail:Dkim:0:Domain is no domain", (options, _) => options.Dkim[0].Domain = "" },
        { "Mail:Dkim:0:Domain is no domain", (options, _) => options.Dkim[0].Domain = "org" },
        { "Mail:Dkim:0:Domain is no domain", (options, _) => options.Dkim[0].Domain = "news@example.org" },
        { "Mail:Dkim:0:Selector is none", (options, _) => options.Dkim[0].Selector = "" },
        { "Mail:Dkim:0:Selector is none", (options, _) => options.Dkim[0].Selector = "a; d=b" },
        { "Mail:Dkim:0:KeyFile is empty", (options, _) => options.Dkim[0].KeyFile = " " },
        { "Mail:Dkim:0:KeyFile /nowhere/key.pem can't be read", (options, _) => options.Dkim[0].KeyFile = "/nowhere/key.pem" },
        { "can't be read", (options, folder) => options.Dkim[0].KeyFile = folder.Path },
        { "holds no private key", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", "hush") },
        { "holds no private key", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", Rsa(2048).ExportSubjectPublicKeyInfoPem()) },
        { "is damaged", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", "-----BEGIN PRIVATE KEY-----\naHVzaA==\n-----END PRIVATE KEY-----\n") },
        { "is damaged", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", "-----BEGIN RSA PRIVATE KEY-----\naHVzaA==\n-----END RSA PRIVATE KEY-----\n") },
        { "is larger than 64 KB", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", new string('x', 70_000)) },
        { "of 1024 bits", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", Rsa(1024).ExportPkcs8PrivateKeyPem()) },
        { "of 1024 bits", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", Rsa(1024).ExportRSAPrivateKeyPem()) },
        { "neither RSA nor Ed25519", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()) },
        { "neither RSA nor Ed25519", (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(folder, "key", DkimPublisher.Pem(new Ed448PrivateKeyParameters(new SecureRandom()))) },
        {
            "is locked with a passphrase",
            (options, folder) => options.Dkim[0].KeyFile = DkimPublisher.WriteKey(
                folder, "key", Rsa(2048).ExportEncryptedPkcs8PrivateKeyPem("hush", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)))
        },
        { "Mail:Dkim has no entry for the domain of Mail:From", (options, _) => options.From = "news@example.net" },
        { "Mail:Dkim:1 is a second rsa-sha256 key", (options, _) => options.Dkim.Add(new DkimOptions { Domain = "Example.ORG", Selector = "two", KeyFile = options.Dkim[0].KeyFile }) },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_key_that_is_no_good_is_refused_with_its_place_and_a_mend_and_without_its_content(string sentence, Action<MailOptions, TestFolder> mistake)
    {
        using var folder = new TestFolder();
        using var dns = new DkimPublisher().AddRsa();
        var options = Options(dns);
        mistake(options, folder);

        var failure = Assert.Single(new DkimOptionsRules().Validate(null, options).Failures!);

        Assert.StartsWith("Mail:Dkim", failure, StringComparison.Ordinal);
        Assert.Contains(sentence, failure, StringComparison.Ordinal);
        Assert.EndsWith(".", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_key_that_others_may_touch_is_refused(UnixFileMode right)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SkipException("Windows has no such rights.");
        }

        using var dns = new DkimPublisher().AddEd25519();
        var options = Options(dns);
        File.SetUnixFileMode(options.Dkim[0].KeyFile, UnixFileMode.UserRead | right);

        var failure = Assert.Single(new DkimOptionsRules().Validate(null, options).Failures!);

        Assert.Equal($"Mail:Dkim:0:KeyFile {options.Dkim[0].KeyFile} is open to others than its owner; take their rights away (chmod 600) and replace the key if they may have read it.", failure);
    }

    [Theory]
    [InlineData("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC")]
    [InlineData("MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")]
    public void The_ed25519_keys_that_rfc_8410_shows_are_fine(string base64)
    {
        using var folder = new TestFolder();

        var key = DkimKeyFile.Read(DkimPublisher.WriteKey(folder, "key", $"-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n"), out var reason);

        Assert.Null(reason);
        Assert.Equal("ed25519-sha256", key?.Algorithm);
    }

    [Fact]
    public void Keys_of_both_kinds_and_of_several_domains_are_fine()
    {
        using var dns = new DkimPublisher().AddRsa().AddEd25519().AddRsa("example.net", "n", pkcs1: true);

        Assert.True(new DkimOptionsRules().Validate(null, Options(dns)).Succeeded);
    }

    private static MailOptions Options(DkimPublisher dns)
    {
        var options = new MailOptions { From = "news@example.org" };
        dns.Entries.ToList().ForEach(options.Dkim.Add);
        return options;
    }

    private static RSA Rsa(int bits) => RSA.Create(bits);
}
