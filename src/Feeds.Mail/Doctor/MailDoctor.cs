using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>
/// Looks at everything between this program and a mailbox that others judge it by: the way to the SMTP server, and what DNS
/// says of the sending domain. It changes nothing, and writes to nobody but by <see cref="SendAsync"/>.
/// </summary>
/// <remarks>A step takes at most 20 seconds. Findings come as they are made.</remarks>
public sealed class MailDoctor
{
    private readonly MailOptions options;
    private readonly MessageComposer composer;
    private readonly EnvelopeSender envelope;
    private readonly Relays relays;
    private readonly TimeProvider clock;

    internal MailDoctor(IOptions<MailOptions> options, MessageComposer composer, EnvelopeSender envelope, Relays relays, TimeProvider clock) =>
        (this.options, this.composer, this.envelope, this.relays, this.clock) = (options.Value, composer, envelope, relays, clock);

    /// <summary>Asks others than this machine's DNS servers; for tests.</summary>
    internal NameService? Names { get; set; }

    /// <summary>Decides about the relay's certificate instead of the machine's trusted authorities; for tests.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; set; }

    private string FromDomain => Domain(composer.Sender.Address);

    /// <summary>The way to the relay up to MAIL FROM, then SPF, DKIM, DMARC, MX, PTR, MTA-STS and TLS-RPT of the sending domain. Nothing is sent.</summary>
    public async IAsyncEnumerable<MailFinding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await envelope.LoadAsync();
        // No delivery has this number, so whatever comes back to it is nobody's.
        var sender = envelope.For(0);
        List<SendingAddresses> origins = [];
        foreach (var smtp in options.Servers)
        {
            if (smtp.Host.Length == 0)
            {
                yield return MailFinding.Unknown("Relay", $"{smtp.Section}:Host is empty, so no server is asked; with any Mail:Mode but pickup one is needed.");
                continue;
            }

            var walk = new RelayWalk(smtp, Trust, clock);
            await foreach (var finding in walk.GoAsync(sender, cancellationToken))
            {
                yield return options.Servers.Count == 1 ? finding : finding with { Step = $"{smtp.Called}, {finding.Step}" };
            }

            origins.Add(SendingAddresses.Of(walk.Addresses));
        }

        await foreach (var finding in ExamineDomainsAsync(sender, SendingAddresses.Together(origins), cancellationToken))
        {
            yield return finding;
        }
    }

    /// <summary>Sends one mail as editions are sent, signatures and all, over the relay with the most weight.</summary>
    /// <param name="address">The person's own.</param>
    /// <param name="cancellationToken">Counts until the message is begun.</param>
    public async Task<MailFinding> SendAsync(string address, CancellationToken cancellationToken)
    {
        await envelope.LoadAsync();
        return await new TrialMail(composer, relays.All.MaxBy(relay => relay.Weight)!.Carrier, clock).SendAsync(options.Mode, envelope.For(0), address, cancellationToken);
    }

    /// <summary>Looks at a mail that arrived: its signatures, its alignment, and what the receiver wrote into it.</summary>
    /// <param name="path">The file, at most 25 MB, as the receiver's mailbox has it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<MailFinding> ReadAsync(string path, CancellationToken cancellationToken) =>
        new ArrivedMail(Names ?? new NameService(null), FromDomain, options.Dkim.Count > 0, clock).ReadAsync(path, cancellationToken);

    /// <summary>What DNS has no answer for can't be known here.</summary>
    internal static async Task<IReadOnlyList<MailFinding>> AskAsync(string step, TimeProvider clock, Func<CancellationToken, Task<IReadOnlyList<MailFinding>>> look, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(RelayWalk.StepPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await look(either.Token);
        }
        catch (NameServiceException lacking)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return [MailFinding.Unknown(step, lacking.Message)];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [MailFinding.Unknown(step, "There is no whole answer within 20 seconds; try again later.")];
        }
    }

    private async IAsyncEnumerable<MailFinding> ExamineDomainsAsync(string sender, SendingAddresses origin, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = FromDomain;
        if (!from.Contains('.', StringComparison.Ordinal))
        {
            yield return MailFinding.Fail("Sending domain", $"Mail:From is at {from}, which nobody can write back to; write an address of your own domain.");
            yield break;
        }

        var names = Names ?? new NameService(null);
        var bounces = Domain(sender);
        using var web = TransportCheck.Web();
        using var transport = new TransportCheck(names, web);
        var (spf, dkim, dmarc, path) = (new SpfCheck(names), new DkimRecordCheck(names), new DmarcCheck(names), new ReturnPathCheck(names));
        List<(string Step, Func<CancellationToken, Task<IReadOnlyList<MailFinding>>> Look)> steps =
        [
            .. new[] { bounces, from }.Distinct(StringComparer.Ordinal).Select(domain => Several($"SPF of {domain}", token => spf.LookAsync(sender, domain, origin, token))),
            .. options.Dkim.Select(entry => One($"DKIM of {entry.Selector}._domainkey.{DkimSigner.DomainOf(entry)}", token => dkim.LookAsync(entry, token))),
            One($"DMARC of {from}", token => dmarc.LookAsync(from, token)),
            One("Alignment with From", token => dmarc.AlignAsync(from, DkimSigner.DomainFor(options.Dkim, composer.Sender.Address), bounces, token)),
            One($"MX of {bounces}", token => path.ExchangersAsync(bounces, token)),
            One("PTR", token => path.NamesAsync(origin, token)),
            One($"MTA-STS of {bounces}", token => transport.InsistAsync(bounces, token)),
            One($"TLS-RPT of {bounces}", token => transport.ReportAsync(bounces, token)),
        ];
        if (options.Dkim.Count == 0)
        {
            yield return MailFinding.Unknown("DKIM", "Mail:Dkim has no key, so mails leave unsigned; whether the relay signs them is seen where a mail arrives (--send, then --received).");
        }

        foreach (var (step, look) in steps)
        {
            foreach (var finding in await AskAsync(step, clock, look, cancellationToken))
            {
                yield return finding;
            }
        }
    }

    private static (string Step, Func<CancellationToken, Task<IReadOnlyList<MailFinding>>> Look) Several(string step, Func<CancellationToken, Task<IReadOnlyList<MailFinding>>> look) => (step, look);

    private static (string Step, Func<CancellationToken, Task<IReadOnlyList<MailFinding>>> Look) One(string step, Func<CancellationToken, Task<MailFinding>> look) =>
        (step, async token => [await look(token)]);

    private static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];
}
