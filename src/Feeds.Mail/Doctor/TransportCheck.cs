using System.Globalization;

namespace Feeds.Mail;

/// <summary>Whether a domain tells senders to insist on TLS towards it (MTA-STS, RFC 8461) and to report how that goes (TLS-RPT, RFC 8460). Both are optional.</summary>
internal sealed class TransportCheck(NameService names, HttpMessageHandler web) : IDisposable
{
    private const int MostOctets = 64 * 1024;
    private const long LongestAge = 31_557_600;

    private readonly HttpClient client = new(web, disposeHandler: false) { MaxResponseContentBufferSize = MostOctets, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>What <see cref="HttpClient"/> follows by default would let another host speak for the domain (RFC 8461 §3.3).</summary>
    public static SocketsHttpHandler Web() => new() { AllowAutoRedirect = false, UseCookies = false };

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>The finding about record and policy.</summary>
    public async Task<MailFinding> InsistAsync(string domain, CancellationToken cancellationToken)
    {
        var step = $"MTA-STS of {domain}";
        var texts = (await names.TextsAsync($"_mta-sts.{domain}", cancellationToken)).Where(text => text.StartsWith("v=STSv1", StringComparison.Ordinal)).ToList();
        if (texts.Count == 0)
        {
            return MailFinding.Advice(step, $"{domain} has no MTA-STS, which is optional: senders are not asked to insist on TLS towards it.");
        }

        if (texts.Count > 1 || TagList.Parse(texts[0], out _)?["id"] is not { Length: > 0 and <= 32 } id || !id.All(char.IsAsciiLetterOrDigit))
        {
            return MailFinding.Fail(step, $"_mta-sts.{domain} is not one record of the form “v=STSv1; id=20261123”, so senders ignore it; correct it, or take it away.");
        }

        string? policy = null;
        try
        {
            using var answer = await client.GetAsync(new Uri($"https://mta-sts.{domain}/.well-known/mta-sts.txt"), cancellationToken);
            policy = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception refused) when (refused is HttpRequestException or UriFormatException || (refused is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The policy isn't there; the sentence below says so.
        }

        return policy is null
            ? MailFinding.Fail(step, $"_mta-sts.{domain} promises a policy, and https://mta-sts.{domain}/.well-known/mta-sts.txt doesn't give it; put it there, with a certificate for that name, or take the record away.")
            : Judge(policy, await names.ExchangersAsync(domain, cancellationToken)) is { } failure
                ? MailFinding.Fail(step, $"The policy at https://mta-sts.{domain}/.well-known/mta-sts.txt {failure}.")
                : MailFinding.Pass(step, $"The record at _mta-sts.{domain} and its policy go with each other and with the MX.");
    }

    /// <summary>The finding about reports.</summary>
    public async Task<MailFinding> ReportAsync(string domain, CancellationToken cancellationToken)
    {
        var step = $"TLS-RPT of {domain}";
        var texts = (await names.TextsAsync($"_smtp._tls.{domain}", cancellationToken)).Where(text => text.StartsWith("v=TLSRPTv1", StringComparison.Ordinal)).ToList();
        return texts switch
        {
            [] => MailFinding.Advice(step, $"{domain} has no TLS-RPT, which is optional: nobody reports to it how TLS goes."),
            [var text] when TagList.Parse(text, out _)?["rua"] is { } target && target.Split(',').All(uri => uri.Trim() is var to && (to.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || to.StartsWith("https:", StringComparison.OrdinalIgnoreCase))) =>
                MailFinding.Pass(step, $"_smtp._tls.{domain} asks for reports about TLS."),
            _ => MailFinding.Fail(step, $"_smtp._tls.{domain} is not one record of the form “v=TLSRPTv1; rua=mailto:(an address)”, so nobody reports; correct it, or take it away."),
        };
    }

    /// <summary>What is wrong with a policy (RFC 8461 §3.2), with the mend, or null.</summary>
    internal static string? Judge(string policy, IReadOnlyList<string> exchangers)
    {
        var fields = policy.Split('\n', 1000)
            .Select(line => line.Trim().Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.Ordinal);
        if (!fields["version"].SequenceEqual(["STSv1"], StringComparer.Ordinal))
        {
            return "has no line “version: STSv1”; add it";
        }

        if (fields["mode"].FirstOrDefault() is not ("enforce" or "testing" or "none") and var mode)
        {
            return $"has the mode “{ReplyText.Clean(mode, 20)}”; write enforce, testing or none";
        }

        if (!long.TryParse(fields["max_age"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var age) || age > LongestAge)
        {
            return "has no max_age of at most 31557600 seconds; write “max_age: 604800”";
        }

        var patterns = fields["mx"].ToList();
        var strangers = fields["mode"].First() is "none" ? [] : exchangers.Where(exchanger => !patterns.Exists(pattern => Fits(pattern, exchanger))).Take(5).ToList();
        return strangers.Count == 0 ? null : $"doesn't name the MX {string.Join(", ", strangers)}, so senders that follow it don't deliver there; add a line “mx: {strangers[0]}”";
    }

    private static bool Fits(string pattern, string exchanger)
    {
        var wild = pattern.StartsWith("*.", StringComparison.Ordinal);
        var name = wild ? exchanger[(exchanger.IndexOf('.', StringComparison.Ordinal) + 1)..] : exchanger;
        return string.Equals(wild ? pattern[2..] : pattern, name, StringComparison.OrdinalIgnoreCase);
    }
}
