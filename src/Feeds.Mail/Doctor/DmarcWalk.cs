namespace Feeds.Mail;

/// <summary>A valid DMARC record and where it is.</summary>
internal sealed record DmarcRecord(string Domain, TagList Tags)
{
    /// <summary><c>psd=y</c>: others register names below it; <c>psd=n</c>: nobody else does.</summary>
    public bool Says(string tag, string value) => string.Equals(Tags[tag], value, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Finds the records that count for a domain by walking up its name (RFC 9989 §4.10), instead of by a list of public suffixes.</summary>
internal sealed class DmarcWalk(NameService names)
{
    // The domain itself and seven above it; of longer names those between are left out.
    private const int MostLabelsAbove = 7;

    private readonly Dictionary<string, IReadOnlyList<DmarcRecord>> known = new(StringComparer.Ordinal);

    /// <summary>Why a record on the way doesn't count, by domain; with the mend.</summary>
    public Dictionary<string, string> Mistakes { get; } = new(StringComparer.Ordinal);

    /// <summary>The records from the domain upwards; at most eight questions.</summary>
    /// <exception cref="NameServiceException">DNS has no answer.</exception>
    public async Task<IReadOnlyList<DmarcRecord>> GoAsync(string domain, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(domain, out var before))
        {
            return before;
        }

        List<DmarcRecord> found = [];
        for (var name = domain; name.Length > 0; name = Above(name))
        {
            if (await FindAsync(name, cancellationToken) is { } record)
            {
                found.Add(record);
                if (record.Says("psd", "n") || (record.Says("psd", "y") && !string.Equals(name, domain, StringComparison.Ordinal)))
                {
                    break;
                }
            }
        }

        return known[domain] = found;
    }

    /// <summary>The domain that all those below belong to whoever it belongs to (RFC 9989 §4.10.2).</summary>
    /// <exception cref="NameServiceException">DNS has no answer.</exception>
    public async Task<string> OrganizationAsync(string domain, CancellationToken cancellationToken)
    {
        var records = await GoAsync(domain, cancellationToken);
        if (records.FirstOrDefault(record => record.Says("psd", "n")) is { } own)
        {
            return own.Domain;
        }

        if (records.FirstOrDefault(record => record.Says("psd", "y") && !string.Equals(record.Domain, domain, StringComparison.Ordinal)) is { } suffix)
        {
            return string.Join('.', domain.Split('.')[^(suffix.Domain.Split('.').Length + 1)..]);
        }

        return records.Count == 0 ? domain : records[^1].Domain;
    }

    private async Task<DmarcRecord?> FindAsync(string domain, CancellationToken cancellationToken)
    {
        var texts = (await names.TextsAsync($"_dmarc.{domain}", cancellationToken)).Where(Claims).ToList();
        if (texts.Count > 1)
        {
            Mistakes[domain] = $"has more than one DMARC record, so receivers ignore all of them; keep one at _dmarc.{domain}.";
        }

        if (texts.Count != 1)
        {
            return null;
        }

        if (TagList.Parse(texts[0], out var wrong) is { } tags)
        {
            return new DmarcRecord(domain, tags);
        }

        Mistakes[domain] = $"has a DMARC record that can't be read: {wrong}; correct it at _dmarc.{domain}.";
        return null;
    }

    private static bool Claims(string text)
    {
        var first = text.Split(';', 2)[0].Split('=', 2);
        return first is [var name, var version] && string.Equals(name.Trim(), "v", StringComparison.OrdinalIgnoreCase) && string.Equals(version.Trim(), "DMARC1", StringComparison.Ordinal);
    }

    private static string Above(string domain)
    {
        var labels = domain.Split('.');
        return string.Join('.', labels[^Math.Min(labels.Length - 1, MostLabelsAbove)..]);
    }
}
