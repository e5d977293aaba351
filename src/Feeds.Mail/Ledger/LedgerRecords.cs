using System.Security.Cryptography;
using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>What the ledger writes and reads within a transaction. Each of these may run twice with the same result.</summary>
internal static class LedgerRecords
{
    private const string ClaimColumns = "id, mailing_id, content_id, recipient_key, address, message_id, unsubscribe_url, personal, state, attempts, claims, doubts, next_attempt_at, sender_id, claimed_at, first_attempt_at, finished_at";

    /// <summary>Claims what is due longest, at most <paramref name="count"/>; none where this sender's lease is gone.</summary>
    public static async Task<IReadOnlyList<Claim>> ClaimAsync(DataConnection transaction, DatabaseProvider provider, ClaimScope scope, int count, long senderId, DateTimeOffset now)
    {
        var postgres = provider == DatabaseProvider.PostgreSql;
        // Who takes a dead sender's claims away deletes its row first; holding it means that this cannot happen in between.
        var held = await transaction.QueryToListAsync<long>(
            $"SELECT id FROM sender WHERE id = @sender{(postgres ? " FOR KEY SHARE" : "")}", new DataParameter("sender", senderId, DataType.Int64));
        if (held.Count == 0)
        {
            return [];
        }

        var rows = await transaction.QueryToListAsync<DeliveryRow>(
            $"SELECT {ClaimColumns} FROM delivery WHERE next_attempt_at <= @now{(scope.MailingId is null ? "" : " AND mailing_id = @mailing")} ORDER BY next_attempt_at, id LIMIT @count{(postgres ? " FOR UPDATE SKIP LOCKED" : "")}",
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("mailing", scope.MailingId ?? 0, DataType.Int64),
            new DataParameter("count", count, DataType.Int32));
        if (rows.Count == 0)
        {
            return [];
        }

        var ids = rows.Select(row => row.Id).ToList();
        await transaction.GetTable<DeliveryRow>()
            .Where(row => ids.Contains(row.Id))
            .Set(row => row.State, DeliveryState.InFlight)
            .Set(row => row.Claims, row => row.Claims + 1)
            .Set(row => row.SenderId, senderId)
            .Set(row => row.ClaimedAt, now)
            .Set(row => row.NextAttemptAt, (DateTimeOffset?)null)
            .UpdateAsync(CancellationToken.None);
        return [.. rows.Select(row => ToClaim(row, row.Claims + 1, senderId, now, row.State, row.NextAttemptAt))];
    }

    /// <summary>Claims of this sender that it doesn't know of: their commit's answer was lost. Nothing was sent under them.</summary>
    public static async Task<IReadOnlyList<Claim>> FindUnknownClaimsAsync(DataConnection transaction, long senderId, IReadOnlyCollection<long> known)
    {
        var rows = await transaction.GetTable<DeliveryRow>()
            .Where(row => row.SenderId == senderId && row.State == DeliveryState.InFlight && !known.Contains(row.Id))
            .ToListAsync();
        return [.. rows.Select(row => ToClaim(row, row.Claims, senderId, row.ClaimedAt!.Value, StateBefore(row), row.ClaimedAt))];
    }

    /// <summary>
    /// Writes an outcome, unless a later claim has taken the delivery over. One that was already given up as uncertain and
    /// not yet sent again gets its late, but certain outcome.
    /// </summary>
    public static async Task CompleteAsync(DataConnection transaction, Completion completion)
    {
        var claim = completion.Claim;
        var after = RetryRules.After(claim.Before, claim.Number, claim.StartedAt, completion.Outcome.Kind, completion.EndedAt, RandomNumberGenerator.GetInt32(1000) / 1000.0);
        await transaction.GetTable<DeliveryRow>()
            .Where(row => row.Id == claim.DeliveryId && row.Claims == claim.Number && (row.State == DeliveryState.InFlight || row.State == DeliveryState.Uncertain))
            .Set(row => row.State, after.State)
            .Set(row => row.Attempts, after.Attempts)
            .Set(row => row.Doubts, after.Doubts)
            .Set(row => row.NextAttemptAt, after.NextAttemptAt)
            .Set(row => row.FirstAttemptAt, after.FirstAttemptAt)
            .Set(row => row.FinishedAt, after.FinishedAt)
            .Set(row => row.SenderId, (long?)null)
            .UpdateAsync(CancellationToken.None);
        if (completion.Outcome.Kind != OutcomeKind.Untouched)
        {
            await WriteAttemptAsync(transaction, completion);
        }
    }

    /// <summary>What is in flight under that sender becomes uncertain.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> GiveUpAsync(DataConnection transaction, long senderId, DateTimeOffset now)
    {
        var claims = await FindUnknownClaimsAsync(transaction, senderId, []);
        foreach (var claim in claims)
        {
            await CompleteAsync(transaction, new Completion(claim, new Outcome(OutcomeKind.Uncertain, Text: "The process that was sending it ended or was cut off before the outcome was known."), "", now));
        }

        return claims.Count;
    }

    private static Task<int> WriteAttemptAsync(DataConnection transaction, Completion completion) =>
        transaction.ExecuteAsync(
            """
            INSERT INTO attempt (delivery_id, number, started_at, ended_at, outcome, reply_code, enhanced_code, reply_text, relay)
            VALUES (@delivery, @number, @started, @ended, @outcome, @code, @enhanced, @text, @relay)
            ON CONFLICT (delivery_id, number) DO UPDATE SET
                ended_at = excluded.ended_at, outcome = excluded.outcome, reply_code = excluded.reply_code,
                enhanced_code = excluded.enhanced_code, reply_text = excluded.reply_text, relay = excluded.relay
            """,
            new DataParameter("delivery", completion.Claim.DeliveryId, DataType.Int64),
            new DataParameter("number", completion.Claim.Number, DataType.Int32),
            new DataParameter("started", completion.Claim.StartedAt.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("ended", completion.EndedAt.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("outcome", Name(completion.Outcome.Kind), DataType.VarChar),
            new DataParameter("code", completion.Outcome.ReplyCode, DataType.Int32),
            new DataParameter("enhanced", completion.Outcome.EnhancedCode, DataType.VarChar),
            new DataParameter("text", completion.Outcome.Text, DataType.VarChar),
            new DataParameter("relay", completion.Relay, DataType.VarChar));

    private static string Name(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Accepted => "accepted",
        OutcomeKind.Deferred => "deferred",
        OutcomeKind.Failed => "failed",
        OutcomeKind.Uncertain => "uncertain",
        OutcomeKind.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No attempt."),
    };

    private static DeliveryState StateBefore(DeliveryRow row) =>
        row.Doubts > 0 ? DeliveryState.Uncertain : row.Attempts > 0 ? DeliveryState.Deferred : DeliveryState.Pending;

    private static Claim ToClaim(DeliveryRow row, int number, long senderId, DateTimeOffset claimedAt, DeliveryState before, DateTimeOffset? due) => new(
        row.Id,
        number,
        senderId,
        row.ContentId,
        new MailRecipient(
            row.RecipientKey,
            row.Address,
            row.MessageId,
            row.UnsubscribeUrl,
            row.Personal is null ? new Dictionary<string, string>(StringComparer.Ordinal) : JsonSerializer.Deserialize<Dictionary<string, string>>(row.Personal)!),
        claimedAt,
        new Standing(before, row.Attempts, row.Doubts, due, row.FirstAttemptAt, row.FinishedAt));
}
