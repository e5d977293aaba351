using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>What came of a change.</summary>
/// <param name="Refused">A sentence why nothing was changed; null where it was.</param>
/// <param name="Changed">How many deliveries it concerned.</param>
/// <param name="Standing">Where the mailing stands now, so with what is already out; null where there is none of that key.</param>
public sealed record MailingChange(string? Refused, int Changed, MailingStanding? Standing);

/// <summary>
/// Stops newsletters' mailings and has them go on. Each change is effective at the next claim of whichever process; what is
/// in flight is finished. Mails that are no newsletter, as the one to confirm an address, can't be stopped.
/// </summary>
public sealed class MailingControl
{
    /// <summary>How long after it was made a mailing's deliveries can be retried: so long withdrawals are still taken out of it.</summary>
    public static readonly TimeSpan RetryWithin = TimeSpan.FromDays(7);

    private const string NoMailing = "There is no such mailing of a newsletter.";

    private readonly Database database;
    private readonly DeliverySignal signal;
    private readonly TimeProvider clock;
    private readonly ILogger<MailingControl> logger;

    internal MailingControl(Database database, DeliverySignal signal, TimeProvider clock, ILogger<MailingControl> logger)
    {
        this.database = database;
        this.signal = signal;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>Where mailings stand, by key; a key without a mailing is left out.</summary>
    public Task<IReadOnlyDictionary<string, MailingStanding>> FindAsync(IReadOnlyCollection<string> mailingKeys, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync<IReadOnlyDictionary<string, MailingStanding>>(
            async connection => (await MailingStandings.ReadAsync(connection, connection.GetTable<MailingRow>().Where(row => mailingKeys.Contains(row.Key)), cancellationToken))
                .ToDictionary(standing => standing.Key, StringComparer.Ordinal),
            cancellationToken);

    /// <summary>Which of these mailings were cancelled.</summary>
    public Task<IReadOnlyCollection<string>> CancelledAsync(IReadOnlyCollection<string> mailingKeys, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyCollection<string>>(async connection => await connection.GetTable<MailingRow>()
            .Where(row => mailingKeys.Contains(row.Key) && row.State == MailingState.Cancelled).Select(row => row.Key).ToListAsync(cancellationToken));

    /// <summary>The newsletters' mailings that are not done with, and those of the last six days.</summary>
    public Task<IReadOnlyList<MailingStanding>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync(
            connection => MailingStandings.ReadAsync(connection, MailingStandings.RecentOf(connection, clock.GetUtcNow()), cancellationToken), cancellationToken);

    /// <summary>The recipient keys of what failed or is uncertain, in order, each with the last that was said of it (no address of ours, but the server's words).</summary>
    public Task<IReadOnlyList<string>> ListTroublesAsync(string mailingKey, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection => [.. (await (
            from delivery in connection.GetTable<DeliveryRow>()
            join mailing in connection.GetTable<MailingRow>() on delivery.MailingId equals mailing.Id
            from attempt in connection.GetTable<AttemptRow>().LeftJoin(row => row.DeliveryId == delivery.Id && row.Number == delivery.Claims)
            where mailing.Key == mailingKey && (delivery.State == DeliveryState.Failed || delivery.State == DeliveryState.Uncertain)
            orderby delivery.Id
            select new { delivery.RecipientKey, delivery.State, attempt.ReplyCode, attempt.ReplyText }).Take(count).ToListAsync(cancellationToken))
            .Select(row => $"{row.RecipientKey}: {(row.State == DeliveryState.Failed ? "failed" : "uncertain")}, {row.ReplyCode} {ReplyText.WithoutAddresses(row.ReplyText)}".Replace(",  ", ", ", StringComparison.Ordinal))]);

    /// <summary>Nothing of it is claimed until it is resumed.</summary>
    /// <param name="mailingKey">Which.</param>
    /// <param name="reason">For whoever asks later; at most 500 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<MailingChange> PauseAsync(string mailingKey, string reason, CancellationToken cancellationToken) =>
        ChangeAsync(
            mailingKey,
            async (transaction, mailing) => mailing.State == MailingState.Sending ? await SetAsync(transaction, mailing, MailingState.Paused, reason) : Refusal(mailing),
            cancellationToken);

    /// <summary>It goes on where it was paused.</summary>
    public async Task<MailingChange> ResumeAsync(string mailingKey, CancellationToken cancellationToken)
    {
        var change = await ChangeAsync(
            mailingKey,
            async (transaction, mailing) => mailing.State == MailingState.Paused ? await SetAsync(transaction, mailing, MailingState.Sending, null) : Refusal(mailing),
            cancellationToken);
        signal.Set();
        return change;
    }

    /// <summary>
    /// For good: what is open and not in flight ends as suppressed, and what is uncertain stays so and is done with. What is
    /// in flight is finished, and not tried again.
    /// </summary>
    public Task<MailingChange> CancelAsync(string mailingKey, CancellationToken cancellationToken) =>
        ChangeAsync(
            mailingKey,
            async (transaction, mailing) =>
            {
                if (mailing.State == MailingState.Cancelled)
                {
                    return Refusal(mailing);
                }

                await SetAsync(transaction, mailing, MailingState.Cancelled, "cancelled");
                var deliveries = transaction.GetTable<DeliveryRow>().Where(row => row.MailingId == mailing.Id);
                await HoldAsync(deliveries, cancellationToken);
                return (null, await LedgerRecords.SuppressAsync(deliveries, SuppressionReason.Cancelled, clock.GetUtcNow(), cancellationToken));
            },
            cancellationToken);

    /// <summary>
    /// What failed, or is uncertain and waits or is held, becomes due again; never what was accepted, and nobody who left
    /// since. Refused after <see cref="RetryWithin"/>. Whose address is on the suppression list is suppressed when claimed.
    /// </summary>
    /// <param name="mailingKey">Which.</param>
    /// <param name="failed">Whether the failed ones are meant.</param>
    /// <param name="uncertain">Whether the uncertain ones are meant, who then may get it twice.</param>
    /// <param name="recipientKey">Only this one's; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MailingChange> RetryAsync(string mailingKey, bool failed, bool uncertain, string? recipientKey, CancellationToken cancellationToken)
    {
        var change = await ChangeAsync(
            mailingKey,
            async (transaction, mailing) =>
            {
                if (mailing.State == MailingState.Cancelled)
                {
                    return Refusal(mailing);
                }

                var now = clock.GetUtcNow();
                if (now - mailing.Date > RetryWithin)
                {
                    return ("It was made more than seven days ago: what it tells may have been withdrawn since, so nothing of it is sent again.", 0);
                }

                var lane = await Lanes.TakeAsync(transaction, new LaneRow { MailingId = mailing.Id, ListIdentifier = mailing.ListIdentifier });
                await transaction.GetTable<LaneRow>().Where(row => row.MailingId == mailing.Id).Set(row => row.ClosedAt, (DateTimeOffset?)null).UpdateAsync(cancellationToken);
                var again = await transaction.GetTable<DeliveryRow>()
                    .Where(row => row.MailingId == mailing.Id && row.SuppressedAs == null && (recipientKey == null || row.RecipientKey == recipientKey))
                    .Where(row => (failed && row.State == DeliveryState.Failed) || (uncertain && row.State == DeliveryState.Uncertain && row.NextAttemptAt == null))
                    .Set(row => row.State, row => row.State == DeliveryState.Failed ? DeliveryState.Deferred : DeliveryState.Uncertain)
                    .Set(row => row.LaneId, row => row.LaneId ?? lane)
                    .Set(row => row.NextAttemptAt, now)
                    .Set(row => row.FirstAttemptAt, (DateTimeOffset?)null)
                    .Set(row => row.FinishedAt, (DateTimeOffset?)null)
                    .UpdateAsync(cancellationToken);
                return (null, again);
            },
            cancellationToken);
        signal.Set();
        return change;
    }

    /// <summary>What is uncertain and not in flight stays so and is done with: it is not sent again.</summary>
    public Task<MailingChange> HoldUncertainAsync(string mailingKey, CancellationToken cancellationToken) =>
        ChangeAsync(
            mailingKey,
            async (transaction, mailing) => ((string?)null, await HoldAsync(transaction.GetTable<DeliveryRow>().Where(row => row.MailingId == mailing.Id), cancellationToken)),
            cancellationToken);

    /// <summary>Pauses a mailing for what this process saw, unless it is no newsletter's or not being sent anyway.</summary>
    internal async Task PauseAsync(long mailingId, string reason)
    {
        var key = await database.ReadAsync(connection => connection.GetTable<MailingRow>().Where(row => row.Id == mailingId).Select(row => row.Key).SingleAsync());
        if ((await PauseAsync(key, reason, CancellationToken.None)).Refused is null)
        {
            Log.MailingPaused(logger, key, reason);
        }
    }

    private Task<int> HoldAsync(IQueryable<DeliveryRow> deliveries, CancellationToken cancellationToken) =>
        deliveries
            .Where(row => row.State == DeliveryState.Uncertain && row.FinishedAt == null)
            .Set(row => row.NextAttemptAt, (DateTimeOffset?)null)
            .Set(row => row.FinishedAt, clock.GetUtcNow())
            .UpdateAsync(cancellationToken);

    private async Task<(string? Refused, int Changed)> SetAsync(DataConnection transaction, MailingRow mailing, MailingState state, string? reason)
    {
        await transaction.GetTable<MailingRow>()
            .Where(row => row.Id == mailing.Id)
            .Set(row => row.State, state)
            .Set(row => row.StateReason, reason is null ? null : ReplyText.Clean(reason))
            .Set(row => row.StateSince, clock.GetUtcNow())
            .UpdateAsync();
        return (null, 0);
    }

    private static (string? Refused, int Changed) Refusal(MailingRow mailing) => (
        mailing.State switch
        {
            MailingState.Cancelled => "It was cancelled, for good.",
            MailingState.Paused => $"It is paused already: {mailing.StateReason}",
            _ => "It is not paused.",
        },
        0);

    private Task<MailingChange> ChangeAsync(
        string mailingKey, Func<DataConnection, MailingRow, Task<(string? Refused, int Changed)>> change, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                var wanted = transaction.GetTable<MailingRow>().Where(row => row.Key == mailingKey && row.ListIdentifier != null);
                var id = await wanted.Select(row => (long?)row.Id).SingleOrDefaultAsync(cancellationToken);
                if (id is null)
                {
                    return new MailingChange(NoMailing, 0, null);
                }

                // Whoever writes an outcome that depends on the mailing's state waits for this, or this for them.
                var mailing = (await OutcomeRecords.LockAsync(transaction, database.Provider, [id.Value]))[id.Value];
                var (refused, changed) = await change(transaction, mailing);
                return new MailingChange(refused, changed, (await MailingStandings.ReadAsync(transaction, wanted, cancellationToken))[0]);
            },
            cancellationToken);
}
