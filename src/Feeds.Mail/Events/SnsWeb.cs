using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Feeds.Mail;

/// <summary>What has to be fetched of Amazon SNS: its certificates, kept in memory, and the confirmation of a subscription.</summary>
/// <param name="web">By what means.</param>
/// <param name="authorities">Who may vouch for a certificate; null for those that this machine trusts.</param>
internal sealed class SnsWeb(HttpMessageHandler web, X509Certificate2Collection? authorities = null) : IDisposable
{
    private const int MostOctets = 64 * 1024;

    // What Amazon makes them for in most regions; in the others it is the topic's own host.
    private const string Name = "sns.amazonaws.com";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // It changes them every year or so; the address is only as good as the topic's host.
    private const int MostCertificates = 32;

    private readonly HttpClient client = new(web) { MaxResponseContentBufferSize = MostOctets, Timeout = Patience };
    private readonly ConcurrentDictionary<Uri, X509Certificate2> certificates = new();

    /// <summary>No redirects: another host would speak for Amazon's.</summary>
    public static SocketsHttpHandler Web() => new() { AllowAutoRedirect = false, UseCookies = false };

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        foreach (var certificate in certificates.Values)
        {
            certificate.Dispose();
        }
    }

    /// <summary>
    /// The certificate at the address, which is checked already, where it is made for SNS and somebody trusted vouches for it; null
    /// where it can't be had, or can't be trusted, now.
    /// </summary>
    public async Task<X509Certificate2?> CertificateAsync(Uri address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (certificates.TryGetValue(address, out var known))
        {
            return known;
        }

        if (certificates.Count >= MostCertificates || await GetAsync(address, cancellationToken) is not { } pem)
        {
            return null;
        }

        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        // In a thread of its own: what is between the certificate and its authority may have to be fetched.
        return found.Count > 0 && await Task.Run(() => IsTrusted(found, address.Host, now), cancellationToken) ? certificates.GetOrAdd(address, found[0]) : null;
    }

    /// <summary>Whether the subscription is confirmed.</summary>
    public async Task<bool> ConfirmAsync(Uri address, CancellationToken cancellationToken) => await GetAsync(address, cancellationToken) is not null;

    private bool IsTrusted(X509Certificate2Collection found, string host, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.UrlRetrievalTimeout = Patience;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(found);
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return (found[0].MatchesHostname(Name) || found[0].MatchesHostname(host)) && chain.Build(found[0]);
    }

    private async Task<string?> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception failed) when (failed is HttpRequestException or InvalidOperationException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
