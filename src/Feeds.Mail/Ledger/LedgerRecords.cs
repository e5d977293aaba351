using System.Globalization;
using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>What the ledger writes and reads within a transaction. Each of these may run twice with the same result.</summary>
internal static class LedgerRecords
{
    private const int MostLookedAt = 512;

    // Whatever the database's locale makes of an I, and by the index, which has the database's collation.
    private const string LowerPostgreSql = "lower(d.address COLLATE \"C\") COLLATE \"default\"";
    private const string ClaimColumns = "d.id, d.mailing_id, d.content_id, d.recipient_key, d.address, d.message_id, d.unsubscribe_url, d.personal, d.state, d.attempts, d.claims, d.doubts, d.next_attempt_at, d.sender_id, d.claimed_at, d.first_attempt_at, d.finished_at, d.suppressed_as";

    /// <summary>
    /// Claims what is due longest in that lane, at most <paramref name="count"/>, each with the newest of its content; none where this
    /// sender's lease is gone. What comes back from a flight during which its content was withdrawn or its recipient left is suppressed,
    /// and so is what goes to an address on the suppression list, or not among <paramref name="allowed"/> where that is given.
    /// </summary>
    public static async Task<IReadOnlyList<Claim>> ClaimAsync(DataConnection transaction, DatabaseProvider provider, long laneId, long? mailingId, AllowedRecipients? allowed, int count, long senderId, DateTimeOffset now)
    {
        // Where nobody of some may be written to, more are looked at: a long list must not be gone through by twos.
        for (var looked = count; ; looked = Math.Min(looked * 2, MostLookedAt))
        {
            var due = await FindDueAsync(transaction, provider, laneId, mailingId, looked, senderId, now, claim: allowed is null && looked == count);
            var claims = due.FindAll(row => row.IsClaimed).ConvertAll(row => ToClaim(row, senderId, now));
            due.RemoveAll(row => row.IsClaimed);
            var left = due.FindAll(row => row.SuppressedAs == SuppressionReason.Left);
            await EndAsync(transaction, left, SuppressionReason.Left, now);
            var rows = due.FindAll(row => row.NewestContentId is not null && !left.Contains(row));
            await EndAsync(transaction, due.Except(rows).Except(left), SuppressionReason.Withdrawn, now);
            var strangers = rows.FindAll(row => allowed?.Contains(row.Address) == false);
            await EndAsync(transaction, strangers, SuppressionReason.NotAllowed, now);
            rows.RemoveAll(strangers.Contains);
            // SQL knows the lower case of ASCII alone.
            var others = await Suppressions.FindAsync(transaction, [.. rows.Select(row => row.Address).Where(address => !Ascii.IsValid(address))], CancellationToken.None);
            var listed = rows.FindAll(row => row.IsListed || others.Contains(row.Address, StringComparer.Ordinal));
            await EndAsync(transaction, listed, SuppressionReason.Listed, now);
            rows.RemoveAll(listed.Contains);

            // Each round without a claim suppresses one delivery or more, so they come to an end.
            if (claims.Count > 0 || rows.Count > 0 || due.Count == 0)
            {
                claims.AddRange(await ClaimAsync(transaction, [.. rows.Take(count - claims.Count)], senderId, now));
                return claims;
            }
        }
    }

    private static async Task EndAsync(DataConnection transaction, IEnumerable<DueRow> rows, SuppressionReason reason, DateTimeOffset now)
    {
        var ids = rows.Select(row => row.Id).ToList();
        if (ids.Count > 0)
        {
            await SuppressAsync(transaction.GetTable<DeliveryRow>().Where(row => ids.Contains(row.Id)), reason, now, CancellationToken.None);
        }
    }

    /// <summary>How many deliveries of that lane are due, counted up to <paramref name="limit"/>.</summary>
    /// <remarks>In SQL, as it runs at every look for work. In the index's order: else PostgreSQL, while its statistics say that nearly all are due, goes through all that are sent.</remarks>
    public static Task<int> CountDueAsync(DataConnection connection, long laneId, long? mailingId, int limit, DateTimeOffset now) =>
        connection.ExecuteAsync<int>(
            $"""
            SELECT COUNT(*) FROM (
                SELECT 1 FROM delivery WHERE lane_id = @lane AND next_attempt_at <= @now{(mailingId is null ? "" : " AND mailing_id = @mailing")}
                ORDER BY next_attempt_at LIMIT {limit.ToString(CultureInfo.InvariantCulture)}) AS due
            """,
            CancellationToken.None,
            new DataParameter("lane", laneId, DataType.Int64),
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("mailing", mailingId ?? 0, DataType.Int64));

    /// <summary>Ends deliveries that are open and not in flight.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> SuppressAsync(IQueryable<DeliveryRow> deliveries, SuppressionReason reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (reason == SuppressionReason.Left)
        {
            // What is in flight may come back, and somebody may have the failed or held ones tried again. All of them at once,
            // which locks them: none comes back between the two commands.
            await deliveries
                .Where(row => row.FinishedAt == null || row.State == DeliveryState.Failed || row.State == DeliveryState.Uncertain)
                .Set(row => row.SuppressedAs, reason)
                .UpdateAsync(cancellationToken);
        }

        return await deliveries
            .Where(row => (row.State == DeliveryState.Pending || row.State == DeliveryState.Deferred || row.State == DeliveryState.Uncertain) && row.FinishedAt == null)
            .Set(row => row.State, DeliveryState.Suppressed)
            .Set(row => row.SuppressedAs, reason)
            .Set(row => row.NextAttemptAt, (DateTimeOffset?)null)
            .Set(row => row.FinishedAt, now)
            .UpdateAsync(cancellationToken);
    }

    // Who takes a dead sender's claims away deletes its row first; holding it means that this cannot happen in between.
    private static Task<List<DueRow>> FindDueAsync(DataConnection transaction, DatabaseProvider provider, long laneId, long? mailingId, int count, long senderId, DateTimeOffset now, bool claim)
    {
        var isServer = provider == DatabaseProvider.PostgreSql;
        // The limit is no parameter: a server that plans for any number would plan for a tenth of all.
        var find = $"""
            SELECT {ClaimColumns},
                CASE WHEN x.content_id IS NULL THEN d.content_id ELSE x.by_content_id END AS newest_content_id,
                EXISTS (SELECT 1 FROM suppression u WHERE u.lifted_at IS NULL AND u.address = {(isServer ? LowerPostgreSql : "lower(d.address)")}) AS is_listed
            FROM delivery d JOIN sender s ON s.id = @sender LEFT JOIN superseded_content x ON x.content_id = d.content_id
            WHERE d.lane_id = @lane AND d.next_attempt_at <= @now{(mailingId is null ? "" : " AND d.mailing_id = @mailing")}
            ORDER BY d.next_attempt_at, d.id LIMIT {count.ToString(CultureInfo.InvariantCulture)}{(isServer ? " FOR UPDATE OF d SKIP LOCKED FOR KEY SHARE OF s" : "")}
            """;
        // A server is asked to claim by the way those of which nothing more is to be found out: one answer less to wait for.
        var sql = isServer && claim
            ? $"""
            WITH due AS MATERIALIZED ({find}), claimed AS (
                UPDATE delivery SET state = 'in_flight', content_id = due.newest_content_id, claims = due.claims + 1, sender_id = @sender, claimed_at = @now, next_attempt_at = NULL
                FROM due
                WHERE delivery.id = due.id AND due.newest_content_id IS NOT NULL AND due.suppressed_as IS DISTINCT FROM 'left'
                    AND NOT due.is_listed AND octet_length(due.address) = length(due.address)
                RETURNING delivery.id)
            SELECT due.*, claimed.id IS NOT NULL AS is_claimed FROM due LEFT JOIN claimed ON claimed.id = due.id ORDER BY due.next_attempt_at, due.id
            """
            : find;
        return transaction.QueryToListAsync<DueRow>(
            sql,
            new DataParameter("sender", senderId, DataType.Int64),
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64),
            new DataParameter("lane", laneId, DataType.Int64),
            new DataParameter("mailing", mailingId ?? 0, DataType.Int64));
    }

    private static async Task<IReadOnlyList<Claim>> ClaimAsync(DataConnection transaction, List<DueRow> rows, long senderId, DateTimeOffset now)
    {
        foreach (var content in rows.GroupBy(row => row.NewestContentId!.Value))
        {
            // In SQL, as it runs for every message: with a list in it, an expression is translated anew each time.
            var ids = content.Select((row, i) => new DataParameter(string.Create(CultureInfo.InvariantCulture, $"id{i}"), row.Id, DataType.Int64)).ToArray();
            await transaction.ExecuteAsync(
                $"""
                UPDATE delivery SET state = 'in_flight', content_id = @content, claims = claims + 1, sender_id = @sender, claimed_at = @now, next_attempt_at = NULL
                WHERE id IN ({string.Join(',', ids.Select(id => $"@{id.Name}"))})
                """,
                CancellationToken.None,
                [
                    new DataParameter("content", content.Key, DataType.Int64),
                    new DataParameter("sender", senderId, DataType.Int64),
                    new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64),
                    .. ids,
                ]);
        }

        return [.. rows.Select(row => ToClaim(row, senderId, now))];
    }

    private static Claim ToClaim(DueRow row, long senderId, DateTimeOffset now)
    {
        row.ContentId = row.NewestContentId!.Value;
        return ToClaim(row, row.Claims + 1, senderId, now, row.State, row.NextAttemptAt);
    }

    /// <summary>Claims of this sender that it doesn't know of: their commit's answer was lost. Nothing was sent under them.</summary>
    public static async Task<IReadOnlyList<Claim>> FindUnknownClaimsAsync(DataConnection transaction, long senderId, IReadOnlySet<(long DeliveryId, int Number)> known)
    {
        // As many as the sender has connections, and what it doesn't know of.
        var rows = await transaction.GetTable<DeliveryRow>().Where(row => row.SenderId == senderId && row.State == DeliveryState.InFlight).ToListAsync();
        return [.. rows.Where(row => !known.Contains((row.Id, row.Claims))).Select(row => ToClaim(row, row.Claims, senderId, row.ClaimedAt!.Value, StateBefore(row), row.ClaimedAt))];
    }

    private static DeliveryState StateBefore(DeliveryRow row) =>
        row.Doubts > 0 ? DeliveryState.Uncertain : row.Attempts > 0 ? DeliveryState.Deferred : DeliveryState.Pending;

    private static Claim ToClaim(DeliveryRow row, int number, long senderId, DateTimeOffset claimedAt, DeliveryState before, DateTimeOffset? due) => new(
        row.Id,
        number,
        senderId,
        row.MailingId,
        row.ContentId,
        new MailRecipient(
            row.RecipientKey,
            row.Address,
            row.MessageId,
            row.UnsubscribeUrl,
            PersonalColumn.Read(row.Personal, row.UnsubscribeUrl)),
        claimedAt,
        new Standing(before, row.Attempts, row.Doubts, due, row.FirstAttemptAt, row.FinishedAt));
}
