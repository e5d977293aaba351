using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Feeds.Mail;

/// <summary>The certificate that a server shows, judged as a connection for mail would judge it.</summary>
internal sealed class ServerCertificate(SmtpOptions smtp, RemoteCertificateValidationCallback? trust, TimeProvider clock)
{
    // The authority that most servers use renews at 30 days or less before the end; what is later was forgotten.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    private DateTimeOffset? end;

    /// <summary>Why the certificate isn't trusted, with the mend; null where it is, or none was shown.</summary>
    public string? Refusal { get; private set; }

    /// <summary>For <see cref="MailKit.MailService.ServerCertificateValidationCallback"/>.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        using var shown = certificate is null ? null : new X509Certificate2(certificate);
        end = shown is null ? null : new DateTimeOffset(shown.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        var trusted = trust?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        Refusal = trusted ? null : Refuse(shown, chain, errors);
        return trusted;
    }

    /// <summary>The step's finding once TLS stands, or was not asked for.</summary>
    public MailFinding Describe(IReadOnlyList<IPAddress> addresses)
    {
        const string Step = "TLS";
        if (smtp.Security == SmtpSecurity.None)
        {
            return addresses.All(IPAddress.IsLoopback)
                ? MailFinding.Pass(Step, $"{smtp.Section}:Security is None, and the server is on this machine.")
                : MailFinding.Advice(Step, $"{smtp.Section}:Security is None, so mails and addresses cross the network in clear; write StartTls or Tls.");
        }

        var until = end is { } day ? string.Create(CultureInfo.InvariantCulture, $" until {day:yyyy-MM-dd}") : "";
        return end is { } last && last - clock.GetUtcNow() < Soon
            ? MailFinding.Advice(Step, $"{smtp.Security} works, but the certificate of {smtp.Host} is good only{until}; see that whoever runs the server renews it, because after that day nothing is sent.")
            : MailFinding.Pass(Step, $"{smtp.Security} works, and the certificate of {smtp.Host} is trusted{until}.");
    }

    private string Refuse(X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null)
        {
            return $"{smtp.Host} shows no certificate; ask who runs it.";
        }

        var now = clock.GetUtcNow().UtcDateTime;
        if (shown.NotAfter.ToUniversalTime() < now || shown.NotBefore.ToUniversalTime() > now)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the certificate of {smtp.Host} is good from {shown.NotBefore.ToUniversalTime():yyyy-MM-dd} until {shown.NotAfter.ToUniversalTime():yyyy-MM-dd} only; see that this machine's clock is right, else whoever runs the server must renew it.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"the certificate of {smtp.Host} was made for another name ({Names(shown)}); write that name in {smtp.Section}:Host if it is the same server's.";
        }

        var reasons = chain?.ChainStatus.Select(status => status.Status.ToString()).Distinct(StringComparer.Ordinal).ToList() ?? [];
        return $"the certificate of {smtp.Host} is vouched for by nobody whom this machine trusts ({(reasons.Count == 0 ? errors.ToString() : string.Join(", ", reasons))}); "
            + "add its authority to this machine's trusted ones, or let the server show one that is trusted, with the certificates between.";
    }

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(5).ToList();
        return names.Count == 0 ? shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false) : string.Join(", ", names);
    }
}
