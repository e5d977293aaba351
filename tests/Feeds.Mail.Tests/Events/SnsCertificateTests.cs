using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Feeds.Mail.Tests.Events;

/// <summary>Whose signature under a post counts as Amazon's.</summary>
public sealed class SnsCertificateTests
{
    private const string Host = "sns.eu-west-1.amazonaws.com";
    private static readonly Uri Address = new($"https://{Host}/SimpleNotificationService-0123456789abcdef.pem");

    [Theory]
    [InlineData("sns.amazonaws.com", true)]
    [InlineData(Host, true)]
    [InlineData("sns.us-east-1.amazonaws.com", false)]
    [InlineData("sns.amazonaws.com.example.net", false)]
    public async Task A_certificate_counts_only_where_it_is_made_for_SNS(string name, bool counts)
    {
        using var authority = new Authority();

        Assert.Equal(counts, await IsTakenAsync(authority.Vouch(name) + authority.Between, authority.Root));
    }

    [Fact]
    public async Task A_certificate_counts_only_where_a_chain_leads_to_somebody_trusted()
    {
        using var authority = new Authority();
        using var stranger = new Authority();
        var chain = authority.Vouch("sns.amazonaws.com") + authority.Between;

        Assert.True(await IsTakenAsync(chain, authority.Root));
        Assert.False(await IsTakenAsync(chain, stranger.Root));
        Assert.False(await IsTakenAsync(authority.Vouch("sns.amazonaws.com"), authority.Root));
        Assert.False(await IsTakenAsync(authority.Vouch("sns.amazonaws.com") + stranger.Between, authority.Root));
        // This machine trusts neither.
        Assert.False(await IsTakenAsync(chain, null));
        Assert.False(await IsTakenAsync("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n", authority.Root));
    }

    [Fact]
    public async Task A_certificate_counts_only_in_its_time()
    {
        using var authority = new Authority();
        var chain = authority.Vouch("sns.amazonaws.com") + authority.Between;

        Assert.False(await IsTakenAsync(chain, authority.Root, Mailings.Date.AddYears(-2)));
        Assert.False(await IsTakenAsync(chain, authority.Root, Mailings.Date.AddYears(2)));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task A_subject_is_among_what_is_signed_where_there_is_one(string version)
    {
        using var authority = new Authority();
        var post = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Message"] = "été",
            ["MessageId"] = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            ["Subject"] = "Amazon SES Email Event Notification",
            ["Timestamp"] = "2026-11-23T07:00:00.000Z",
            ["TopicArn"] = EventRoom.Topic,
            ["Type"] = "Notification",
        };
        var chain = authority.Vouch("sns.amazonaws.com", Encoding.UTF8.GetBytes(string.Concat(post.Select(field => $"{field.Key}\n{field.Value}\n"))), version is "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, out var signature);
        (post["SignatureVersion"], post["Signature"], post["SigningCertURL"]) = (version, Convert.ToBase64String(signature), Address.AbsoluteUri);
        using var certificate = X509Certificate2.CreateFromPem(chain);

        Assert.True(Read().IsSignedBy(certificate, Mailings.Date));
        post["Subject"] += "!";
        Assert.False(Read().IsSignedBy(certificate, Mailings.Date));
        post.Remove("Subject");
        Assert.False(Read().IsSignedBy(certificate, Mailings.Date));

        SnsMessage Read() => SnsMessage.Read(JsonSerializer.SerializeToElement(post), EventRoom.Topic)!;
    }

    private static async Task<bool> IsTakenAsync(string pem, X509Certificate2? root, DateTimeOffset? now = null)
    {
        using var web = new SnsWeb(new OnePage(pem), root is null ? null : [root]);
        return await web.CertificateAsync(Address, now ?? Mailings.Date, default) is not null;
    }

    /// <summary>A root, another that it vouches for, and what that one vouches for.</summary>
    private sealed class Authority : IDisposable
    {
        private readonly X509Certificate2 between;

        public Authority()
        {
            using var rootKey = RSA.Create(2048);
            using var key = RSA.Create(2048);
            Root = Request("Root", rootKey, isAuthority: true).CreateSelfSigned(Mailings.Date.AddYears(-5), Mailings.Date.AddYears(5));
            using var made = Request("Between", key, isAuthority: true).Create(Root, Mailings.Date.AddYears(-4), Mailings.Date.AddYears(4), RandomNumberGenerator.GetBytes(8));
            between = made.CopyWithPrivateKey(key);
        }

        public X509Certificate2 Root { get; }

        public string Between => between.ExportCertificatePem() + "\n";

        public string Vouch(string name) => Vouch(name, [], HashAlgorithmName.SHA256, out _);

        public string Vouch(string name, byte[] data, HashAlgorithmName hash, out byte[] signature)
        {
            using var key = RSA.Create(2048);
            signature = key.SignData(data, hash, RSASignaturePadding.Pkcs1);
            using var made = Request(name, key, isAuthority: false).Create(between, Mailings.Date.AddYears(-1), Mailings.Date.AddYears(1), RandomNumberGenerator.GetBytes(8));
            return made.ExportCertificatePem() + "\n";
        }

        public void Dispose()
        {
            Root.Dispose();
            between.Dispose();
        }

        private static CertificateRequest Request(string name, RSA key, bool isAuthority)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
            if (!isAuthority)
            {
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName(name);
                request.CertificateExtensions.Add(names.Build());
            }

            return request;
        }
    }

    private sealed class OnePage(string text) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) });
    }
}
