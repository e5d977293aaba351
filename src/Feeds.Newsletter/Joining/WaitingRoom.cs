using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Joining;

/// <summary>
/// How many requests wait for room in the budgets, in all, of a network and of a domain: none of the two can take all the
/// places, and who shows nothing can't take those of who shows something. Counted only where somebody has to wait.
/// </summary>
internal sealed class WaitingRoom(DataConnection transaction, JoinOptions options)
{
    private readonly Dictionary<string, int> lengths = new(StringComparer.Ordinal);

    public async Task<bool> HasRoomAsync(JoinEntry entry)
    {
        var waiting = transaction.GetTable<JoinRequestRow>().Where(row => row.DueAt == null);
        var (network, domain) = (entry.Keys.Network, entry.Keys.Domain);
        return await LengthAsync(JoinKeys.Everybody, waiting) < BudgetBook.Share(options.MostWaiting, entry.Worth)
            && await LengthAsync(network, waiting.Where(row => row.NetworkKey == network)) < BudgetBook.Share(options.MailsPerHourAndNetwork, entry.Worth)
            && await LengthAsync(domain, waiting.Where(row => row.DomainKey == domain)) < BudgetBook.Share(options.MailsPerHourAndDomain, entry.Worth);
    }

    public void Add(JoinEntry entry)
    {
        lengths[JoinKeys.Everybody]++;
        lengths[entry.Keys.Network]++;
        lengths[entry.Keys.Domain]++;
    }

    private async Task<int> LengthAsync(string name, IQueryable<JoinRequestRow> waiting) =>
        lengths.TryGetValue(name, out var known) ? known : lengths[name] = await waiting.CountAsync();
}
