using System.Globalization;
using System.Net;

namespace Feeds.Mail;

/// <summary>What receivers find of a domain's SPF (RFC 7208), and whether it lets the mails' addresses through.</summary>
internal sealed class SpfCheck(NameService names)
{
    /// <summary>The record's finding, and one about the addresses where there is a record that can be read.</summary>
    /// <param name="sender">The envelope's sender.</param>
    /// <param name="domain">Its domain, or that of From.</param>
    /// <param name="origin">Where the mails come from.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<IReadOnlyList<MailFinding>> LookAsync(string sender, string domain, SendingAddresses origin, CancellationToken cancellationToken)
    {
        var step = $"SPF of {domain}";
        var inEnvelope = sender.EndsWith($"@{domain}", StringComparison.OrdinalIgnoreCase);
        var walk = new SpfWalk(names, sender, origin.Addresses);
        IReadOnlyList<SpfResult>? results;
        try
        {
            results = await walk.GoAsync(domain, cancellationToken);
        }
        catch (SpfException wrong)
        {
            return [MailFinding.Fail(step, $"{domain} {wrong.Message}")];
        }

        if (results is null)
        {
            return [inEnvelope
                ? MailFinding.Fail(step, $"{domain} has no SPF record; publish one as TXT at {domain}, such as “v=spf1 {Proposal(origin)} -all”.")
                : MailFinding.Advice(step, $"{domain} has no SPF record; mails don't need one, their envelope's sender is elsewhere. “v=spf1 -all” as TXT would say that nobody else may use it there.")];
        }

        var record = Describe(step, domain, walk);
        return inEnvelope && record.Verdict != MailVerdict.Fail ? [record, Addresses(domain, origin, results)] : [record];
    }

    private static MailFinding Describe(string step, string domain, SpfWalk walk)
    {
        var cost = string.Create(CultureInfo.InvariantCulture, $"{walk.Lookups} of the 10 look-ups that it may cost");
        return walk.Strangers switch
        {
            SpfResult.Pass => MailFinding.Fail(step, $"{domain} has an SPF record with +all, which lets the whole Internet send for it; end it with -all or ~all."),
            _ when walk.HasPointer => MailFinding.Advice(step, $"{domain} has an SPF record ({cost}) with ptr, which is slow and which some receivers ignore; write the networks with ip4 and ip6."),
            null or SpfResult.Neutral => MailFinding.Advice(step, $"{domain} has an SPF record ({cost}) that says nothing against strangers; end it with -all or ~all."),
            _ => MailFinding.Pass(step, $"{domain} has one SPF record that can be read ({cost})."),
        };
    }

    private static MailFinding Addresses(string domain, SendingAddresses origin, IReadOnlyList<SpfResult> results)
    {
        const string Step = "SPF and the relay";
        var refused = origin.Addresses.Where((_, i) => results[i] != SpfResult.Pass).ToList();
        return origin switch
        {
            { Addresses.Count: 0 } => MailFinding.Unknown(Step, $"From which address the mails reach others can't be known here; {Elsewhere}"),
            _ when refused.Count == 0 => MailFinding.Pass(Step, $"{domain} lets {string.Join(", ", origin.Addresses)} send for it."),
            { AreOwn: true } => MailFinding.Fail(
                Step,
                $"{domain} doesn't let {string.Join(", ", refused)} send for it, which this machine's mails come from; add {string.Join(' ', refused.Select(Mechanism))} to its SPF record."),
            _ => MailFinding.Unknown(Step, $"{domain} doesn't let {string.Join(", ", refused)} send for it, but a relay may send from other addresses than it listens at; {Elsewhere}"),
        };
    }

    private const string Elsewhere = "see whether its operator's include is in the record, and what Authentication-Results says where a mail arrives (--send, then --received).";

    private static string Proposal(SendingAddresses origin) =>
        origin is { AreOwn: true, Addresses.Count: > 0 } ? string.Join(' ', origin.Addresses.Select(Mechanism)) : "include:(what the relay's operator names)";

    private static string Mechanism(IPAddress address) => $"{(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "ip4" : "ip6")}:{address}";
}
