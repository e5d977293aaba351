namespace Feeds.Mail;

/// <summary>What a domain asks receivers to do with mail that pretends to be its own (RFC 9989), and whether ours is aligned with it.</summary>
internal sealed class DmarcCheck(NameService names)
{
    private static readonly string[] Known = ["v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "rua", "ruf", "fo"];
    private static readonly string[] Removed = ["pct", "rf", "ri"];
    private static readonly string[] Policies = ["none", "quarantine", "reject"];

    private readonly DmarcWalk walk = new(names);

    /// <summary>The finding about the record that counts for a domain of From.</summary>
    public async Task<MailFinding> LookAsync(string domain, CancellationToken cancellationToken)
    {
        var step = $"DMARC of {domain}";
        var records = await walk.GoAsync(domain, cancellationToken);
        if (walk.Mistakes.TryGetValue(domain, out var mistake))
        {
            return MailFinding.Fail(step, $"{domain} {mistake}");
        }

        if (await PolicyAsync(domain, records, cancellationToken) is not { } record)
        {
            return walk.Mistakes.Select(above => MailFinding.Fail(step, $"{above.Key} {above.Value}")).FirstOrDefault()
                ?? MailFinding.Fail(step, $"{domain} has no DMARC record, nor has a domain above it, and large receivers want one of who sends newsletters; publish as TXT at _dmarc.{domain} “v=DMARC1; p=none; rua=mailto:(an address for reports)”.");
        }

        if (Refuse(record.Tags) is { } failure)
        {
            return MailFinding.Fail(step, $"The DMARC record at _dmarc.{record.Domain} has {failure}.");
        }

        var advice = Advise(record.Tags).ToList();
        var policy = Policy(domain, record);
        return advice.Count > 0
            ? MailFinding.Advice(step, $"_dmarc.{record.Domain} asks for {policy}. {string.Join(' ', advice)}")
            : MailFinding.Pass(step, $"_dmarc.{record.Domain} asks for {policy}.");
    }

    /// <summary>Whether receivers will find From proven, by our signature or by the envelope's sender (RFC 9989 §4.4).</summary>
    /// <param name="domain">Of From.</param>
    /// <param name="signing">The domain of our signatures; null where we don't sign.</param>
    /// <param name="envelope">The domain of the envelope's sender.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async Task<MailFinding> AlignAsync(string domain, string? signing, string envelope, CancellationToken cancellationToken)
    {
        const string Step = "Alignment with From";
        var record = await PolicyAsync(domain, await walk.GoAsync(domain, cancellationToken), cancellationToken);
        var byKey = signing is not null && await IsAlignedAsync(domain, signing, record?.Says("adkim", "s") == true, cancellationToken);
        var byEnvelope = await IsAlignedAsync(domain, envelope, record?.Says("aspf", "s") == true, cancellationToken);
        return (byKey, byEnvelope) switch
        {
            (true, true) => MailFinding.Pass(Step, $"Both the signature of {signing} and the envelope's sender at {envelope} prove {domain}."),
            (true, false) => MailFinding.Pass(Step, $"The signature of {signing} proves {domain}; the envelope's sender at {envelope} doesn't, and needn't."),
            (false, true) => MailFinding.Advice(Step, $"Only the envelope's sender at {envelope} proves {domain}, which ends where a mail is forwarded; sign with a key of {domain} (Mail:Dkim)."),
            _ when signing is null => MailFinding.Unknown(Step, $"The envelope's sender at {envelope} doesn't prove {domain}, and Mail:Dkim has no key; whether the relay signs for {domain} is seen where a mail arrives (--send, then --received)."),
            _ => MailFinding.Fail(Step, $"Neither the signature of {signing} nor the envelope's sender at {envelope} proves {domain} to DMARC; sign with a key of {domain} itself (Mail:Dkim)."),
        };
    }

    /// <summary>Whether another domain stands for that of From: by name if strict, else by its organisation's.</summary>
    public async Task<bool> IsAlignedAsync(string domain, string other, bool strict, CancellationToken cancellationToken) =>
        string.Equals(domain, other, StringComparison.OrdinalIgnoreCase)
        || (!strict && string.Equals(await walk.OrganizationAsync(domain, cancellationToken), await walk.OrganizationAsync(other, cancellationToken), StringComparison.OrdinalIgnoreCase));

    /// <summary>The record of the domain, else of its organisation, else of the public suffix above it.</summary>
    private async Task<DmarcRecord?> PolicyAsync(string domain, IReadOnlyList<DmarcRecord> records, CancellationToken cancellationToken)
    {
        var organization = await walk.OrganizationAsync(domain, cancellationToken);
        return records.FirstOrDefault(record => string.Equals(record.Domain, domain, StringComparison.Ordinal))
            ?? records.FirstOrDefault(record => string.Equals(record.Domain, organization, StringComparison.Ordinal))
            ?? records.FirstOrDefault(record => record.Says("psd", "y"));
    }

    private static string Policy(string domain, DmarcRecord record)
    {
        var asked = string.Equals(domain, record.Domain, StringComparison.Ordinal) ? record.Tags["p"] : record.Tags["sp"] ?? record.Tags["p"];
        return $"p={asked ?? "none"}";
    }

    private static string? Refuse(TagList tags)
    {
        if (tags["p"] is null && tags["rua"] is null)
        {
            return "neither p= nor rua=, so receivers do nothing with it (RFC 9989 §4.10.1); write p=none";
        }

        foreach (var tag in new[] { "p", "sp", "np" })
        {
            if (tags[tag] is { } policy && !Policies.Contains(policy, StringComparer.OrdinalIgnoreCase))
            {
                return $"{tag}={ReplyText.Clean(policy, 30)}, which is none of none, quarantine and reject; write one of the three";
            }
        }

        foreach (var (tag, values) in new[] { ("psd", "y n u"), ("t", "y n"), ("adkim", "r s"), ("aspf", "r s") })
        {
            if (tags[tag] is { } value && !values.Split(' ').Contains(value, StringComparer.OrdinalIgnoreCase))
            {
                return $"{tag}={ReplyText.Clean(value, 30)}, which receivers ignore; write one of {values.Replace(" ", ", ", StringComparison.Ordinal)}";
            }
        }

        return null;
    }

    private static IEnumerable<string> Advise(TagList tags)
    {
        var removed = Removed.Where(tag => tags[tag] is not null).ToList();
        if (removed.Count > 0)
        {
            yield return $"RFC 9989 removed {string.Join(", ", removed)}: receivers that follow it ignore {(removed.Count == 1 ? "it" : "them")}{(removed.Contains("pct") && tags["pct"] is not "100" ? ", so the policy counts for all mails (t=y says that it is a test)" : "")}; take that out.";
        }

        if (tags["p"] is null)
        {
            yield return "It has no p=, which counts as p=none, and older receivers ignore the record; write p=none.";
        }

        if (string.Equals(tags["t"], "y", StringComparison.OrdinalIgnoreCase))
        {
            yield return "t=y says that it is a test, so receivers do less than it asks for; take it out when reports are good.";
        }

        if (string.Equals(tags["psd"], "y", StringComparison.OrdinalIgnoreCase))
        {
            yield return "psd=y says that strangers register domains below this one; take it out unless you run a public suffix.";
        }

        if (tags["rua"] is null)
        {
            yield return "It has no rua=, so nobody reports to you who fails; rua=mailto:(an address) asks for that.";
        }

        var unknown = tags.Names.Where(tag => !Known.Contains(tag, StringComparer.OrdinalIgnoreCase) && !Removed.Contains(tag, StringComparer.OrdinalIgnoreCase)).Take(5).ToList();
        if (unknown.Count > 0)
        {
            yield return $"Nobody knows {string.Join(", ", unknown)}; look whether that is misspelt.";
        }
    }
}
