using System.Net;

namespace Feeds.Mail;

/// <summary>
/// Reads a domain's SPF record with all that it includes, as receivers do for the addresses of senders (RFC 7208 §4), but
/// to the end even where one matched before: the next address may get so far.
/// </summary>
/// <param name="names">DNS.</param>
/// <param name="sender">The envelope's sender.</param>
/// <param name="addresses">Addresses that the mails come from; perhaps none.</param>
internal sealed class SpfWalk(NameService names, string sender, IReadOnlyList<IPAddress> addresses)
{
    // RFC 7208 §4.6.4.
    private const int MostLookups = 10;
    private const int MostVoids = 2;
    private const int MostNames = 10;

    private int voids;

    /// <summary>Terms so far that cost receivers a question.</summary>
    public int Lookups { get; private set; }

    /// <summary>What the record says about strangers, where it says so itself.</summary>
    public SpfResult? Strangers { get; private set; }

    /// <summary>Whether <c>ptr</c> is in it, which nobody should use (RFC 7208 §5.5).</summary>
    public bool HasPointer { get; private set; }

    /// <summary>What each of the addresses gets, or null where the domain has no record.</summary>
    /// <exception cref="SpfException">Receivers would find a permanent error.</exception>
    /// <exception cref="NameServiceException">DNS has no answer.</exception>
    public async Task<IReadOnlyList<SpfResult>?> GoAsync(string domain, CancellationToken cancellationToken) =>
        await EvaluateAsync(domain, [], top: true, cancellationToken);

    private async Task<SpfResult[]?> EvaluateAsync(string domain, IReadOnlyList<string> way, bool top, CancellationToken cancellationToken)
    {
        if (way.Contains(domain, StringComparer.OrdinalIgnoreCase))
        {
            throw new SpfException($"has an SPF record that leads back to {domain}, in a circle; remove the include or redirect that does.");
        }

        var texts = (await names.TextsAsync(domain, cancellationToken)).Where(SpfRecord.Claims).ToList();
        if (texts.Count == 0)
        {
            return null;
        }

        if (texts.Count > 1)
        {
            throw new SpfException($"has {(way.Count == 0 ? "" : $"in its SPF record {domain}, and that has ")}more than one SPF record, so receivers ignore all of them; keep one.");
        }

        var record = SpfRecord.Parse(texts[0]);
        var results = new SpfResult?[addresses.Count];
        foreach (var mechanism in record.Mechanisms)
        {
            var matches = await MatchAsync(mechanism, domain, [.. way, domain], cancellationToken);
            for (var i = 0; i < results.Length; i++)
            {
                results[i] ??= matches[i] ? mechanism.Result : null;
            }

            if (top && mechanism.Name is "all")
            {
                Strangers = mechanism.Result;
            }
        }

        if (record.Redirect is { } redirect)
        {
            Count();
            var target = SpfMacro.Expand(redirect, sender, domain, addresses.Count > 0 ? addresses[0] : null);
            var others = await EvaluateAsync(target, [.. way, domain], top, cancellationToken) ?? throw Lacking(target);
            return [.. results.Select((result, i) => result ?? others[i])];
        }

        return [.. results.Select(result => result ?? SpfResult.Neutral)];
    }

    /// <summary>Which of the addresses it matches.</summary>
    private async Task<bool[]> MatchAsync(SpfMechanism mechanism, string domain, IReadOnlyList<string> way, CancellationToken cancellationToken)
    {
        if (mechanism.Name is "all")
        {
            return [.. addresses.Select(_ => true)];
        }

        if (mechanism.Network is { } network)
        {
            return [.. addresses.Select(address => mechanism.Holds(network, address))];
        }

        Count();
        var target = mechanism.Domain ?? domain;
        if (SpfMacro.NeedsAddress(target))
        {
            var each = new bool[addresses.Count];
            for (var i = 0; i < each.Length; i++)
            {
                each[i] = (await MatchAsync(mechanism, SpfMacro.Expand(target, sender, domain, addresses[i]), way, [addresses[i]], cancellationToken))[0];
            }

            return each;
        }

        return await MatchAsync(mechanism, SpfMacro.Expand(target, sender, domain, null), way, addresses, cancellationToken);
    }

    private async Task<bool[]> MatchAsync(SpfMechanism mechanism, string target, IReadOnlyList<string> way, IReadOnlyList<IPAddress> senders, CancellationToken cancellationToken)
    {
        switch (mechanism.Name)
        {
            case "include":
                var included = await EvaluateAsync(target, way, top: false, cancellationToken) ?? throw Lacking(target);
                return [.. senders.Select(sender => included[addresses.ToList().IndexOf(sender)] == SpfResult.Pass)];
            case "a":
                var own = await FoundAsync(target, names.AddressesAsync, cancellationToken);
                return [.. senders.Select(sender => own.Any(address => mechanism.Holds(address, sender)))];
            case "mx":
                var exchangers = await ExchangersAsync(target, cancellationToken);
                return [.. senders.Select(sender => exchangers.Any(address => mechanism.Holds(address, sender)))];
            case "exists":
                var exists = (await FoundAsync(target, names.AddressesAsync, cancellationToken)).Count > 0;
                return [.. senders.Select(_ => exists)];
            default:
                HasPointer = true;
                var named = new bool[senders.Count];
                for (var i = 0; i < named.Length; i++)
                {
                    named[i] = await IsNamedAsync(senders[i], target, cancellationToken);
                }

                return named;
        }
    }

    private async Task<IReadOnlyList<IPAddress>> ExchangersAsync(string target, CancellationToken cancellationToken)
    {
        var exchangers = await FoundAsync(target, names.ExchangersAsync, cancellationToken);
        if (exchangers.Count > MostNames)
        {
            throw new SpfException($"has mx in its SPF record for {target}, which has more than {MostNames} mail exchangers, so receivers ignore the record; write their networks with ip4 and ip6.");
        }

        List<IPAddress> found = [];
        foreach (var exchanger in exchangers)
        {
            found.AddRange(await names.AddressesAsync(exchanger, cancellationToken));
        }

        return found;
    }

    private async Task<bool> IsNamedAsync(IPAddress address, string target, CancellationToken cancellationToken)
    {
        foreach (var name in (await names.NamesAsync(address, cancellationToken)).Take(MostNames))
        {
            if ($".{name}".EndsWith($".{target}", StringComparison.OrdinalIgnoreCase) && (await names.AddressesAsync(name, cancellationToken)).Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<IReadOnlyList<T>> FoundAsync<T>(string name, Func<string, CancellationToken, Task<IReadOnlyList<T>>> ask, CancellationToken cancellationToken)
    {
        var found = await ask(name, cancellationToken);
        return found.Count > 0 || ++voids <= MostVoids
            ? found
            : throw new SpfException($"has an SPF record with more than {MostVoids} names that don't exist, {name} the last of them, so receivers ignore it; remove those names.");
    }

    private void Count()
    {
        if (++Lookups > MostLookups)
        {
            throw new SpfException($"has an SPF record that costs more than {MostLookups} look-ups with all that it includes, so receivers ignore it; remove includes that are not needed, or write their networks with ip4 and ip6.");
        }
    }

    private static SpfException Lacking(string target) =>
        new($"has an SPF record that leads to {ReplyText.Clean(target, 100)}, which has none, so receivers ignore it; remove or correct that include or redirect.");
}
