using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Finds what dead processes left in flight and names it uncertain: nobody knows whether it arrived.</summary>
internal sealed class AbandonedClaims(Database database, SenderLease lease, TimeProvider clock, ILogger<AbandonedClaims> logger)
{
    // A sender's row as it was first seen, and when that was by our monotonic clock.
    private readonly Dictionary<long, (long? Renewals, long SeenAt)> watched = [];

    /// <summary>Looks once. A sender that has stood still for its lease's duration since it was first seen so loses its claims.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        var own = lease.Id;
        var senders = await database.ReadAsync(connection => (
            from delivery in connection.GetTable<DeliveryRow>()
            where delivery.SenderId != null && delivery.SenderId != own
            from sender in connection.GetTable<SenderRow>().LeftJoin(row => row.Id == delivery.SenderId)
            select new { Id = delivery.SenderId!.Value, Renewals = (long?)sender.Renewals }).Distinct().ToListAsync(cancellationToken));
        foreach (var gone in watched.Keys.Except(senders.Select(sender => sender.Id)).ToList())
        {
            watched.Remove(gone);
        }

        foreach (var sender in senders)
        {
            if (!watched.TryGetValue(sender.Id, out var seen) || seen.Renewals != sender.Renewals)
            {
                watched[sender.Id] = (sender.Renewals, clock.GetTimestamp());
            }
            else if (clock.GetElapsedTime(seen.SeenAt) >= SenderLease.Duration)
            {
                await TakeAwayAsync(sender.Id, sender.Renewals, cancellationToken);
            }
        }
    }

    private async Task TakeAwayAsync(long senderId, long? renewals, CancellationToken cancellationToken)
    {
        var (uncertain, news) = await database.WriteAsync(
            async connection =>
            {
                // The row first: its owner locks it while claiming, and without it claims no more.
                var ended = await connection.GetTable<SenderRow>().DeleteAsync(row => row.Id == senderId && row.Renewals == renewals, cancellationToken);
                return ended == 0 && renewals is not null ? (0, []) : await OutcomeRecords.GiveUpAsync(connection, database.Provider, senderId, clock.GetUtcNow());
            },
            cancellationToken);
        if (uncertain > 0)
        {
            Log.Uncertain(logger, uncertain, senderId);
        }

        Log.Tell(logger, news);
    }
}
