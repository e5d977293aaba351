using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>A delivery as its recipient may see it.</summary>
/// <param name="MailingKey">Of which mailing.</param>
/// <param name="RecipientKey">As the mailing called the recipient.</param>
/// <param name="Address">To which address.</param>
/// <param name="Subject">What it said.</param>
/// <param name="State">Where it stands, e.g. <c>accepted</c>.</param>
/// <param name="At">When it came there as far as that is known, else when it was made, UTC.</param>
/// <param name="MessageId">Without angle brackets.</param>
public sealed record RecordedDelivery(string MailingKey, string RecipientKey, string Address, string Subject, string State, DateTimeOffset At, string MessageId);

/// <summary>What is kept of a recipient: shown to them, and taken out of where it stands when they are to be forgotten.</summary>
public sealed class RecipientRecords
{
    private readonly Pseudonyms pseudonyms;
    private readonly TimeProvider clock;

    internal RecipientRecords(Pseudonyms pseudonyms, TimeProvider clock) => (this.pseudonyms, this.clock) = (pseudonyms, clock);

    /// <summary>What turns addresses into pseudonyms; asked for before a transaction, since it may have to be made.</summary>
    public Task<byte[]> KeyAsync(CancellationToken cancellationToken) => pseudonyms.KeyAsync(cancellationToken);

    /// <summary>Every delivery to that person, oldest first.</summary>
    public static async Task<IReadOnlyList<RecordedDelivery>> DeliveriesAsync(DataConnection connection, IReadOnlyCollection<string> recipientKeys, CancellationToken cancellationToken)
    {
        var rows = await (
            from delivery in connection.GetTable<DeliveryRow>()
            join mailing in connection.GetTable<MailingRow>() on delivery.MailingId equals mailing.Id
            join content in connection.GetTable<ContentRow>() on delivery.ContentId equals content.Id
            where recipientKeys.Contains(delivery.RecipientKey)
            orderby delivery.Id
            select new { delivery.RecipientKey, delivery.Address, delivery.State, delivery.FinishedAt, delivery.ClaimedAt, delivery.MessageId, mailing.Key, mailing.Date, content.Subject }).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new RecordedDelivery(
            row.Key, row.RecipientKey, row.Address, row.Subject, Name(row.State), row.FinishedAt ?? row.ClaimedAt ?? row.Date, row.MessageId))];
    }

    /// <summary>The text of a mailing to one, without what was personal in it; null where there is no such mailing.</summary>
    public static Task<string?> TextAsync(DataConnection connection, string mailingKey, CancellationToken cancellationToken) => (
        from content in connection.GetTable<ContentRow>()
        join mailing in connection.GetTable<MailingRow>() on content.MailingId equals mailing.Id
        where mailing.Key == mailingKey
        orderby content.Id
        select content.Text).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Why nobody writes to that address, or null where one does.</summary>
    public static async Task<SuppressedAddress?> SuppressionAsync(DataConnection connection, byte[] key, string address, CancellationToken cancellationToken)
    {
        var (clear, pseudonym) = (Suppressions.Key(address), Pseudonyms.Of(key, address));
        var row = await connection.GetTable<SuppressionRow>()
            .Where(row => (row.Address == clear || row.Address == pseudonym) && row.LiftedAt == null)
            .OrderBy(row => row.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return row?.ToAddress();
    }

    /// <summary>
    /// Within the caller's transaction, forgets who a recipient is: what has not begun ends as suppressed, what is in flight
    /// finishes and isn't tried again, and all that is kept of their deliveries is a pseudonym in the address's place. What
    /// comes back of them later still finds them. A listed address becomes a pseudonym there too, and keeps its cause.
    /// </summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="key">Of <see cref="KeyAsync"/>.</param>
    /// <param name="recipientKeys">What mailings call the person.</param>
    /// <param name="address">Theirs now.</param>
    /// <param name="lists">Whether they are listed as <see cref="SuppressionCause.Erased"/>, so that nobody else brings them back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EraseAsync(DataConnection transaction, byte[] key, IReadOnlyCollection<string> recipientKeys, string address, bool lists, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var deliveries = transaction.GetTable<DeliveryRow>().Where(row => recipientKeys.Contains(row.RecipientKey));
        var addresses = (await deliveries.Select(row => row.Address).Distinct().ToListAsync(cancellationToken)).Append(address)
            .Where(known => !Pseudonyms.Is(known)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        foreach (var known in addresses)
        {
            await ListAsync(transaction, known, Pseudonyms.Of(key, known), lists, now, cancellationToken);
        }

        await LedgerRecords.SuppressAsync(deliveries, SuppressionReason.Left, now, cancellationToken);
        foreach (var known in addresses)
        {
            var pseudonym = Pseudonyms.Of(key, known);
            await deliveries.Where(row => row.Address == known)
                .Set(row => row.Address, pseudonym)
                .Set(row => row.UnsubscribeUrl, (string?)null)
                .Set(row => row.Personal, (string?)null)
                .UpdateAsync(cancellationToken);
        }

        // A server's words may hold the address in whatever form.
        var theirs = deliveries.Select(row => row.Id);
        await transaction.GetTable<AttemptRow>().Where(row => row.ReplyText != null && theirs.Contains(row.DeliveryId)).Set(row => row.ReplyText, (string?)null).UpdateAsync(cancellationToken);
        await transaction.GetTable<ReturnedMessageRow>().Where(row => row.Text != null && theirs.Contains(row.DeliveryId)).Set(row => row.Text, (string?)null).UpdateAsync(cancellationToken);
    }

    /// <summary>Those of the addresses, as they were given, whose owners were erased and have not come back.</summary>
    public static async Task<IReadOnlyList<string>> ErasedAsync(DataConnection connection, byte[] key, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        var listed = await Pseudonyms.ListedAsync(connection, isNewsletter: true, cancellationToken);
        return listed.Count == 0 ? [] : [.. addresses.Where(address => listed.Contains(Pseudonyms.Of(key, address)))];
    }

    /// <summary>Within the caller's transaction: who was erased came back by their own wish. Other causes stay.</summary>
    public async Task WelcomeBackAsync(DataConnection transaction, byte[] key, string address, CancellationToken cancellationToken)
    {
        var pseudonym = Pseudonyms.Of(key, address);
        await transaction.GetTable<SuppressionRow>()
            .Where(row => row.Address == pseudonym && row.LiftedAt == null && row.Reason == CauseNames.Erased)
            .Set(row => row.LiftedAt, clock.GetUtcNow())
            .UpdateAsync(cancellationToken);
    }

    private static async Task ListAsync(DataConnection transaction, string address, string pseudonym, bool lists, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var clear = Suppressions.Key(address);
        var listed = await transaction.GetTable<SuppressionRow>().FirstOrDefaultAsync(row => row.Address == clear, cancellationToken);
        if (listed is { LiftedAt: null })
        {
            await Suppressions.AddAsync(transaction, [new NewSuppression(pseudonym, CauseNames.Read(listed.Reason) ?? SuppressionCause.Manual, null, listed.DeliveryId)], now, cancellationToken);
        }
        else if (lists)
        {
            await Suppressions.AddAsync(transaction, [new NewSuppression(pseudonym, SuppressionCause.Erased, null, null)], now, cancellationToken);
        }

        await transaction.GetTable<SuppressionRow>().Where(row => row.Address == clear).DeleteAsync(cancellationToken);
    }

    private static string Name(DeliveryState state) => state switch
    {
        DeliveryState.InFlight => "in_flight",
        _ => state.ToString().ToLowerInvariant(),
    };
}
