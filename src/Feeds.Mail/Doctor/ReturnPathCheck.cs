using System.Net;

namespace Feeds.Mail;

/// <summary>Whether the domain that bounces go to takes mail, and the addresses that mails come from have names.</summary>
internal sealed class ReturnPathCheck(NameService names)
{
    private const int MostNames = 10;

    /// <summary>The finding about a domain's MX (RFC 5321 §5.1, RFC 7505).</summary>
    public async Task<MailFinding> ExchangersAsync(string domain, CancellationToken cancellationToken)
    {
        var step = $"MX of {domain}";
        var exchangers = await names.ExchangersAsync(domain, cancellationToken);
        if (exchangers.Contains("", StringComparer.Ordinal))
        {
            return MailFinding.Fail(step, $"{domain} says that it takes no mail (a null MX), so bounces are lost; publish the MX of the server that has the mailbox, or write an address elsewhere in Mail:BounceAddress.");
        }

        if (exchangers.Count == 0)
        {
            return (await names.AddressesAsync(domain, cancellationToken)).Count > 0
                ? MailFinding.Advice(step, $"{domain} has no MX; its own address stands in for one, and some receivers trust that less. Publish the MX of the server that has the mailbox.")
                : MailFinding.Fail(step, $"{domain} has neither MX nor address, so bounces are lost and many receivers refuse mail from it; publish the MX of the server that has the mailbox.");
        }

        List<string> homeless = [];
        foreach (var exchanger in exchangers.Take(MostNames))
        {
            if (IPAddress.TryParse(exchanger, out _) || (await names.AddressesAsync(exchanger, cancellationToken)).Count == 0)
            {
                homeless.Add(exchanger);
            }
        }

        var sentence = $"{domain} has {string.Join(", ", exchangers.Take(MostNames))} for its mail";
        return homeless.Count == 0 ? MailFinding.Pass(step, $"{sentence}.")
            : homeless.Count == exchangers.Count ? MailFinding.Fail(step, $"{sentence}, but none of the names has an address, so bounces are lost; correct the MX.")
            : MailFinding.Advice(step, $"{sentence}, but {string.Join(", ", homeless)} has no address; correct that MX.");
    }

    /// <summary>The finding about the names of the addresses that mails come from: each is to have one that leads back to it.</summary>
    public async Task<MailFinding> NamesAsync(SendingAddresses origin, CancellationToken cancellationToken)
    {
        const string Step = "PTR";
        if (origin.Addresses.Count == 0)
        {
            return MailFinding.Unknown(Step, "From which address the mails reach others can't be known here; the topmost Received lines of a mail that arrived name it.");
        }

        List<string> good = [];
        foreach (var address in origin.Addresses)
        {
            var claimed = (await names.NamesAsync(address, cancellationToken)).Take(MostNames).ToList();
            var confirmed = "";
            foreach (var name in claimed)
            {
                if ((await names.AddressesAsync(name, cancellationToken)).Contains(address))
                {
                    confirmed = name;
                    break;
                }
            }

            if (confirmed.Length == 0)
            {
                var lack = claimed.Count == 0 ? $"{address} has no name (PTR)" : $"{address} is called {claimed[0]} (PTR), and that name doesn't lead back to it";
                return origin.AreOwn
                    ? MailFinding.Fail(Step, $"{lack}, and large receivers refuse mail from such; let who runs the network give it this server's name.")
                    : MailFinding.Unknown(Step, $"{lack}, but a relay may send from other addresses than it listens at; the topmost Received lines of a mail that arrived name it.");
            }

            good.Add($"{address} is {confirmed}");
        }

        return MailFinding.Pass(Step, $"{string.Join(", ", good)}, and back.");
    }
}
