using System.Net;
using System.Text;
using DnsClient;
using DnsClient.Protocol;

namespace Feeds.Mail;

/// <summary>No answer to a question of DNS, which is another thing than the answer that there is nothing.</summary>
internal sealed class NameServiceException(string message) : Exception(message);

/// <summary>
/// Asks DNS. A name that doesn't exist has no records; a server that fails or stays silent is a <see cref="NameServiceException"/>,
/// and after silence nobody waits for another question to be left unanswered.
/// </summary>
internal sealed class NameService
{
    // A policy's record is one of few at its name; whoever has more of them gets no more attention.
    private const int MostRecords = 50;
    private const int LongestText = 16 * 1024;
    private const int TriesBesideTheFirst = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly LookupClient? client;
    private string? silence;

    /// <param name="servers">Whom to ask; null asks those of this machine.</param>
    /// <param name="patience">How long a server may take to answer, twice; three seconds by default.</param>
    public NameService(IReadOnlyList<IPEndPoint>? servers, TimeSpan? patience = null)
    {
        var known = servers?.Select(server => new NameServer(server)).ToArray() ?? OfThisMachine();
        client = known.Length == 0 ? null : new LookupClient(new LookupClientOptions(known)
        {
            UseCache = true,
            Timeout = patience ?? Patience,
            Retries = TriesBesideTheFirst,
        });
        silence = client is null ? "This machine knows no DNS server." : null;
    }

    /// <summary>The texts at a name, each with its strings joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2).</summary>
    /// <exception cref="NameServiceException">There is no answer.</exception>
    public async Task<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellationToken) =>
        [.. (await AskAsync(name, QueryType.TXT, cancellationToken)).OfType<TxtRecord>().Select(record => Bounded(string.Concat(record.Text)))];

    /// <summary>The IPv4 and IPv6 addresses of a name.</summary>
    /// <exception cref="NameServiceException">There is no answer.</exception>
    public async Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellationToken)
    {
        var old = await AskAsync(name, QueryType.A, cancellationToken);
        var current = await AskAsync(name, QueryType.AAAA, cancellationToken);
        return [.. old.Concat(current).OfType<AddressRecord>().Select(record => record.Address)];
    }

    /// <summary>The names of a domain's mail exchangers, the preferred first; "" is the null MX (RFC 7505).</summary>
    /// <exception cref="NameServiceException">There is no answer.</exception>
    public async Task<IReadOnlyList<string>> ExchangersAsync(string domain, CancellationToken cancellationToken) =>
        [.. (await AskAsync(domain, QueryType.MX, cancellationToken)).OfType<MxRecord>().OrderBy(record => record.Preference).Select(record => Plain(record.Exchange))];

    /// <summary>The names that an address is said to have (PTR).</summary>
    /// <exception cref="NameServiceException">There is no answer.</exception>
    public async Task<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellationToken) =>
        [.. (await AskAsync(address.GetArpaName().TrimEnd('.'), QueryType.PTR, cancellationToken)).OfType<PtrRecord>().Select(record => Plain(record.PtrDomainName))];

    private static NameServer[] OfThisMachine()
    {
        try
        {
            // Falling back to a stranger's servers would tell him which domains we have.
            return [.. NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)];
        }
        catch (Exception)
        {
            // The library throws whatever kept it from reading the machine's settings.
            return [];
        }
    }

    private static string Plain(DnsString name) => name.Value.TrimEnd('.').ToLowerInvariant();

    private static string Bounded(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private async Task<IReadOnlyList<DnsResourceRecord>> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        if (silence is not null)
        {
            throw new NameServiceException(silence);
        }

        if (!IsName(name))
        {
            return [];
        }

        try
        {
            var answer = await client!.QueryAsync(name, type, cancellationToken: cancellationToken);
            return answer.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError => [.. answer.Answers.Take(MostRecords)],
                DnsHeaderResponseCode.NotExistentDomain => [],
                _ => throw new NameServiceException($"The DNS server has no answer about {name} ({answer.Header.ResponseCode}); try again later, and see that the servers of that domain work."),
            };
        }
        catch (Exception lacking) when (lacking is DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } or OperationCanceledException)
        {
            silence = "No DNS server answers this machine; see that its name service works, or run this where it does.";
            throw new NameServiceException(silence);
        }
        catch (Exception damaged) when (damaged is not NameServiceException)
        {
            // Whoever answers writes the octets, and the ways in which the library refuses them are many.
            throw new NameServiceException($"The DNS server's answer about {name} can't be read; try again later.");
        }
    }

    /// <summary>Names in records of others may be anything; what can't exist isn't asked for.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 253 && name.All(c => c is > ' ' and < '\u007f') && name.Split('.').All(label => Encoding.ASCII.GetByteCount(label) is > 0 and <= 63);
}
