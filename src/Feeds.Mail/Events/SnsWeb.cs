using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Feeds.Mail;

/// <summary>What has to be fetched of Amazon SNS: its certificates, kept in memory, and the confirmation of a subscription.</summary>
internal sealed class SnsWeb(HttpMessageHandler web) : IDisposable
{
    private const int MostOctets = 64 * 1024;

    // It changes them every year or so; the address is only as good as the topic's host.
    private const int MostCertificates = 32;

    private readonly HttpClient client = new(web) { MaxResponseContentBufferSize = MostOctets, Timeout = TimeSpan.FromSeconds(10) };
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

    /// <summary>The certificate at the address, which is checked already; null where it can't be had now.</summary>
    public async Task<X509Certificate2?> CertificateAsync(Uri address, CancellationToken cancellationToken)
    {
        if (certificates.TryGetValue(address, out var known))
        {
            return known;
        }

        if (certificates.Count >= MostCertificates || await GetAsync(address, cancellationToken) is not { } pem)
        {
            return null;
        }

        try
        {
            return certificates.GetOrAdd(address, X509Certificate2.CreateFromPem(pem));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether the subscription is confirmed.</summary>
    public async Task<bool> ConfirmAsync(Uri address, CancellationToken cancellationToken) => await GetAsync(address, cancellationToken) is not null;

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
