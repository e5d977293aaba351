using System.Data.Common;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>The durable list of everything that is to be sent and what became of it: one row per delivery.</summary>
public sealed class Outbox
{
    private const int ManyDeliveries = 1000;
    private readonly Database database;
    private readonly DeliverySignal signal;
    private readonly RelayRoutes routes;
    private readonly Pseudonyms pseudonyms;
    private readonly TimeProvider clock;

    internal Outbox(Database database, DeliverySignal signal, RelayRoutes routes, Pseudonyms pseudonyms, TimeProvider clock)
    {
        this.database = database;
        this.signal = signal;
        this.routes = routes;
        this.pseudonyms = pseudonyms;
        this.clock = clock;
    }

    /// <summary>Adds a mailing within the caller's transaction: it is sent if and only if that commits.</summary>
    /// <remarks>After the commit, <see cref="Announce"/> has it sent at once instead of within a second.</remarks>
    /// <returns>For each part its content's number, for <see cref="ReplaceAsync"/> and <see cref="WithdrawAsync"/>.</returns>
    /// <exception cref="DbException">
    /// A mailing of that key exists, or a recipient key occurs twice (<see cref="Database.IsDuplicateKey"/>).
    /// </exception>
    /// <exception cref="ArgumentException">A recipient that can't be written to: see <see cref="MailRecipient"/>. It is a caller's mistake.</exception>
    public async Task<IReadOnlyList<long>> AddAsync(DataConnection transaction, Mailing mailing, CancellationToken cancellationToken)
    {
        var writer = new MailingWriter(transaction, database.Provider, mailing, routes, pseudonyms, clock.GetUtcNow());
        await writer.MailingAsync(cancellationToken);
        var contents = new List<long>();
        for (var part = 0; part < mailing.Parts.Count; part++)
        {
            contents.Add(await writer.ContentAsync(part, cancellationToken));
            await writer.AddAsync(part, mailing.Parts[part].Recipients, cancellationToken);
        }

        await writer.EndAsync(cancellationToken);
        await AnalyzeAsync(transaction, writer, cancellationToken);
        return contents;
    }

    /// <summary>Adds a mailing within the caller's transaction as the other overload does, for an audience too large to be held: it is read and stored page by page.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="mailing">Its parts have their contents and no recipients.</param>
    /// <param name="audience">Read once, from the beginning to the end; it may read over the same transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each part its content's number, or null where it has no recipient, in which case nothing of it is stored; where none has one, neither is the mailing.</returns>
    /// <exception cref="DbException"><inheritdoc cref="AddAsync(DataConnection, Mailing, CancellationToken)"/></exception>
    /// <exception cref="ArgumentException"><inheritdoc cref="AddAsync(DataConnection, Mailing, CancellationToken)"/></exception>
    public async Task<IReadOnlyList<long?>> AddAsync(DataConnection transaction, Mailing mailing, IAsyncEnumerable<RecipientPage> audience, CancellationToken cancellationToken)
    {
        var writer = new MailingWriter(transaction, database.Provider, mailing, routes, pseudonyms, clock.GetUtcNow());
        await foreach (var page in audience.WithCancellation(cancellationToken))
        {
            await writer.AddAsync(page.Part, page.Recipients, cancellationToken);
        }

        await writer.EndAsync(cancellationToken);
        await AnalyzeAsync(transaction, writer, cancellationToken);
        return writer.Contents;
    }

    /// <summary>
    /// Within the caller's transaction, puts another content in the place of one: whatever is claimed from its commit on goes
    /// out with it, also what was deferred. What is in flight finishes as it is, and what has arrived is not sent again.
    /// </summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="contentId">The newest of its place, which was not withdrawn.</param>
    /// <param name="content">It has no placeholder that the other has not.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The new content's number.</returns>
    /// <exception cref="DbException">That content was replaced or withdrawn before (<see cref="Database.IsDuplicateKey"/>).</exception>
    /// <exception cref="ArgumentException">A placeholder that the recipients have no value for. It is a caller's mistake.</exception>
    public static async Task<long> ReplaceAsync(DataConnection transaction, long contentId, MailContent content, CancellationToken cancellationToken)
    {
        var old = await transaction.GetTable<ContentRow>().SingleAsync(row => row.Id == contentId, cancellationToken);
        MailingRules.CheckReplacement(old.ToContent(), content);
        var newest = await transaction.InsertWithInt64IdentityAsync(
            ContentRow.Of(old.MailingId, content), token: cancellationToken);
        await SupersedeAsync(transaction, contentId, newest, cancellationToken);
        return newest;
    }

    /// <summary>
    /// Within the caller's transaction, takes a content back: who would get it and isn't written to yet gets nothing, and
    /// counts as <see cref="DeliveryCounts.Withdrawn"/>. What is in flight goes out, but isn't tried again.
    /// </summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="contentId">The newest of its place, which was not withdrawn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many deliveries ended by it.</returns>
    /// <exception cref="DbException">That content was replaced or withdrawn before (<see cref="Database.IsDuplicateKey"/>).</exception>
    public async Task<int> WithdrawAsync(DataConnection transaction, long contentId, CancellationToken cancellationToken)
    {
        var mailingId = await transaction.GetTable<ContentRow>().Where(row => row.Id == contentId).Select(row => row.MailingId).SingleAsync(cancellationToken);
        var contents = await SupersedeAsync(transaction, contentId, null, cancellationToken);
        return await LedgerRecords.SuppressAsync(
            transaction.GetTable<DeliveryRow>().Where(row => row.MailingId == mailingId && contents.Contains(row.ContentId)), SuppressionReason.Withdrawn, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Tells this process's worker, after the commit, that there is something to send.</summary>
    public void Announce() => signal.Set();

    /// <summary>
    /// Within the caller's transaction, ends every delivery to that person that has not begun or would be tried again, as
    /// suppressed. One that is in flight goes out, but isn't tried again.
    /// </summary>
    /// <returns>How many ended at once.</returns>
    public Task<int> SuppressAsync(DataConnection transaction, string recipientKey, CancellationToken cancellationToken) =>
        LedgerRecords.SuppressAsync(transaction.GetTable<DeliveryRow>().Where(row => row.RecipientKey == recipientKey), SuppressionReason.Left, clock.GetUtcNow(), cancellationToken);

    /// <summary>Within the caller's transaction, ends what has not begun of a mailing or would be tried again, as suppressed.</summary>
    /// <returns>How many ended.</returns>
    public Task<int> CancelAsync(DataConnection transaction, string mailingKey, CancellationToken cancellationToken) =>
        LedgerRecords.SuppressAsync(
            transaction.GetTable<DeliveryRow>().Where(row => transaction.GetTable<MailingRow>().Any(mailing => mailing.Id == row.MailingId && mailing.Key == mailingKey)),
            SuppressionReason.Cancelled,
            clock.GetUtcNow(),
            cancellationToken);

    /// <summary>Within the caller's transaction, takes address and personal values out of what that person was sent; what isn't done with is suppressed.</summary>
    public async Task ForgetAsync(DataConnection transaction, string recipientKey, CancellationToken cancellationToken)
    {
        await SuppressAsync(transaction, recipientKey, cancellationToken);
        await transaction.GetTable<DeliveryRow>().Where(row => row.RecipientKey == recipientKey && row.FinishedAt != null)
            .Set(row => row.Address, "").Set(row => row.Personal, (string?)null).UpdateAsync(cancellationToken);
    }

    /// <summary>Counts by mailing key; a key without a mailing is left out.</summary>
    public Task<IReadOnlyDictionary<string, DeliveryCounts>> CountAsync(IReadOnlyCollection<string> mailingKeys, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync<IReadOnlyDictionary<string, DeliveryCounts>>(
            async connection => (await MailingStandings.ReadAsync(connection, connection.GetTable<MailingRow>().Where(row => mailingKeys.Contains(row.Key)), cancellationToken))
                .ToDictionary(standing => standing.Key, standing => standing.Counts, StringComparer.Ordinal),
            cancellationToken);

    /// <summary>The recipient keys of a mailing's <see cref="DeliveryCounts.PossiblyTwice"/>, in order.</summary>
    public Task<IReadOnlyList<string>> ListPossiblyTwiceAsync(string mailingKey, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection => await (
            from delivery in connection.GetTable<DeliveryRow>()
            join mailing in connection.GetTable<MailingRow>() on delivery.MailingId equals mailing.Id
            where mailing.Key == mailingKey && delivery.Doubts > 0
            orderby delivery.RecipientKey
            select delivery.RecipientKey).ToListAsync(cancellationToken));

    /// <returns>The numbers of that content and of all that it replaced.</returns>
    private static async Task<IReadOnlyList<long>> SupersedeAsync(DataConnection transaction, long contentId, long? by, CancellationToken cancellationToken)
    {
        var earlier = await transaction.GetTable<SupersededContentRow>().Where(row => row.ByContentId == contentId).Select(row => row.ContentId).ToListAsync(cancellationToken);
        await transaction.GetTable<SupersededContentRow>().Where(row => row.ByContentId == contentId).Set(row => row.ByContentId, by).UpdateAsync(cancellationToken);
        await transaction.InsertAsync(new SupersededContentRow { ContentId = contentId, ByContentId = by }, token: cancellationToken);
        return [contentId, .. earlier];
    }

    // PostgreSQL looks at a table anew within a minute or so; until then it would sort all that is due for each claim.
    private Task AnalyzeAsync(DataConnection transaction, MailingWriter writer, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql && writer.Stored >= ManyDeliveries
            ? transaction.ExecuteAsync("ANALYZE delivery", cancellationToken)
            : Task.CompletedTask;
}
