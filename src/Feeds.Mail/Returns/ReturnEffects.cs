using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// What follows from a mail that came back, or from what a relay told, in one transaction: the note that it came, and its effect. The delivery is the
/// one that its token names, never an address that the mail tells: whoever wants to silence somebody else can't.
/// </summary>
/// <remarks>
/// The delivery itself stays as the ledger has it: our server did accept it. What is still open for the same recipient ends
/// at once, all else for a listed address when it is claimed.
/// </remarks>
internal sealed class ReturnEffects(Database database, IEnumerable<IReturnListener> listeners, TimeProvider clock)
{
    /// <summary>Lists, ends and tells whoever is concerned, durably on return.</summary>
    /// <returns><see cref="ReturnOutcome.Done"/>, <see cref="ReturnOutcome.Duplicate"/>, or <see cref="ReturnOutcome.Unverified"/> where there is no such delivery.</returns>
    public Task<ReturnOutcome> ApplyAsync(ReturnEvent what, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => ApplyAsync(transaction, what, clock.GetUtcNow(), cancellationToken), cancellationToken);

    private async Task<ReturnOutcome> ApplyAsync(DataConnection transaction, ReturnEvent what, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A token outlives its delivery where a backup was restored.
        if (await transaction.GetTable<DeliveryRow>().FirstOrDefaultAsync(row => row.Id == what.DeliveryId, cancellationToken) is not { } delivery)
        {
            return ReturnOutcome.Unverified;
        }

        // What a server says of somebody who was erased may name them.
        what = Pseudonyms.Is(delivery.Address) ? what with { Text = null } : what;
        if (!await IsFirstAsync(transaction, what, now, cancellationToken))
        {
            return ReturnOutcome.Duplicate;
        }

        switch (what.Kind)
        {
            case ReturnEventKind.Hard or ReturnEventKind.Soft:
                await BounceAsync(transaction, what, delivery, now, cancellationToken);
                break;
            case ReturnEventKind.Complaint:
                await LeaveAsync(transaction, delivery, isComplaint: true, now, cancellationToken);
                await Suppressions.AddAsync(transaction, [new NewSuppression(delivery.Address, SuppressionCause.Complaint, null, delivery.Id)], now, cancellationToken);
                break;
            case ReturnEventKind.Unsubscribe:
                await LeaveAsync(transaction, delivery, isComplaint: false, now, cancellationToken);
                break;
        }

        return ReturnOutcome.Done;
    }

    private async Task BounceAsync(DataConnection transaction, ReturnEvent what, DeliveryRow delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = Suppressions.Key(delivery.Address);
        var liftedAt = await transaction.GetTable<SuppressionRow>().Where(row => row.Address == key).Select(row => row.LiftedAt).FirstOrDefaultAsync(cancellationToken);
        if (delivery.ClaimedAt <= liftedAt
            || (what.Kind == ReturnEventKind.Soft && !await SoftBounceRule.IsTooManyAsync(transaction, delivery, liftedAt, now, cancellationToken)))
        {
            return;
        }

        var cause = what.Kind == ReturnEventKind.Hard ? SuppressionCause.HardBounce : SuppressionCause.SoftBounces;
        if ((await Suppressions.AddNewAsync(transaction, [new NewSuppression(delivery.Address, cause, $"{what.Status} {what.Text}", delivery.Id)], now, cancellationToken)).Count > 0)
        {
            foreach (var listener in listeners)
            {
                await listener.BounceAsync(transaction, delivery.RecipientKey, delivery.Address, cause, cancellationToken);
            }
        }

        await EndAsync(transaction, delivery, SuppressionReason.Listed, now, cancellationToken);
    }

    // The listeners first: they and whoever freezes an edition wait for each other, before either touches deliveries.
    private async Task LeaveAsync(DataConnection transaction, DeliveryRow delivery, bool isComplaint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var listener in listeners)
        {
            await listener.LeaveAsync(transaction, delivery.RecipientKey, isComplaint, cancellationToken);
        }

        await EndAsync(transaction, delivery, isComplaint ? SuppressionReason.Listed : SuppressionReason.Left, now, cancellationToken);
    }

    private static Task<int> EndAsync(DataConnection transaction, DeliveryRow delivery, SuppressionReason reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        LedgerRecords.SuppressAsync(
            transaction.GetTable<DeliveryRow>().Where(row => row.RecipientKey == delivery.RecipientKey && row.Address == delivery.Address), reason, now, cancellationToken);

    private static async Task<bool> IsFirstAsync(DataConnection transaction, ReturnEvent what, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var kind = what.Kind.ToString().ToLowerInvariant();
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            what.Relay is { } relay ? $"{relay} {what.Identity}" : $"{what.DeliveryId} {kind} {what.Identity}")));
        return await transaction.ExecuteAsync(
            """
            INSERT INTO returned_message (key, delivery_id, kind, status, text, received_at)
            VALUES (@key, @delivery, @kind, @status, @text, @now) ON CONFLICT (key) DO NOTHING
            """,
            cancellationToken,
            new DataParameter("key", key, DataType.NVarChar),
            new DataParameter("delivery", what.DeliveryId, DataType.Int64),
            new DataParameter("kind", kind, DataType.NVarChar),
            new DataParameter("status", what.Status, DataType.NVarChar),
            new DataParameter("text", what.Text, DataType.NVarChar),
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64)) == 1;
    }
}
