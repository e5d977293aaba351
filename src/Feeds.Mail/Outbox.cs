using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>The durable list of everything that is to be sent and what became of it: one row per delivery.</summary>
public sealed class Outbox(Database database)
{
    /// <summary>Adds a mailing within the caller's transaction: it is sent if and only if that commits.</summary>
    /// <exception cref="System.Data.Common.DbException">A mailing of that key exists (<see cref="Database.IsDuplicateKey"/>).</exception>
    public Task AddAsync(DataConnection transaction, Mailing mailing, CancellationToken cancellationToken) => throw new NotImplementedException($"{database}");

    /// <summary>Within the caller's transaction, ends every delivery to that person that has not begun, as suppressed.</summary>
    /// <returns>How many.</returns>
    public Task<int> SuppressAsync(DataConnection transaction, string recipientKey, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Counts by mailing key; a key without a mailing is left out.</summary>
    public Task<IReadOnlyDictionary<string, DeliveryCounts>> CountAsync(IReadOnlyCollection<string> mailingKeys, CancellationToken cancellationToken) => throw new NotImplementedException();
}
