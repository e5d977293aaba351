using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Mail;

/// <summary>
/// A line of deliveries in which all wait for the same: a mailing's over one relay to one domain that the configuration
/// names, or to all others. So what must wait (a paused edition, a domain at its limit) is passed over as a whole, however long it is.
/// Mails that are no newsletter share their lanes among all mailings, and go first.
/// </summary>
[Table("lane")]
internal sealed class LaneRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    /// <summary>Mailing, domain and relay, so that two processes don't make the same lane twice.</summary>
    [Column("key")]
    public string Key { get; set; } = "";

    /// <summary>Null where it is shared by the mails that are no newsletter.</summary>
    [Column("mailing_id")]
    public long? MailingId { get; set; }

    [Column("list_identifier")]
    public string? ListIdentifier { get; set; }

    /// <summary>Of the recipients, in lower case; empty for all that have no lane of their own.</summary>
    [Column("domain")]
    public string Domain { get; set; } = "";

    /// <summary>The one that is to take them, while it can; empty where all may.</summary>
    [Column("relay")]
    public string Relay { get; set; } = "";

    /// <summary>Set where nothing in it is open any more; no claim looks at it then.</summary>
    [Column("closed_at")]
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>What is read and written of lanes.</summary>
internal static class Lanes
{
    /// <summary>The part of an address after the @, as lanes name it.</summary>
    public static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant();

    /// <summary>The lanes in which something is due that may be claimed, in the order in which they are served.</summary>
    /// <remarks>In SQL, as it runs for every message: making that of an expression took longer than the rest of the claim.</remarks>
    public static Task<List<LaneRow>> DueAsync(DataConnection connection, long? mailingId, DateTimeOffset now) =>
        connection.QueryToListAsync<LaneRow>(
            $"""
            SELECT l.id, l.key, l.mailing_id, l.list_identifier, l.domain, l.relay, l.closed_at
            FROM lane l LEFT JOIN mailing m ON m.id = l.mailing_id
            WHERE l.closed_at IS NULL AND (l.mailing_id IS NULL OR m.state = 'sending'){(mailingId is null ? "" : " AND (l.mailing_id IS NULL OR l.mailing_id = @mailing)")}
                AND (SELECT d.next_attempt_at FROM delivery d WHERE d.lane_id = l.id AND d.next_attempt_at IS NOT NULL ORDER BY d.next_attempt_at LIMIT 1) <= @now
            ORDER BY CASE WHEN l.mailing_id IS NULL THEN 0 ELSE 1 END, l.id
            """,
            new DataParameter("mailing", mailingId ?? 0, DataType.Int64),
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64));

    /// <summary>The lane's number; made where there is none, opened where it was closed.</summary>
    public static async Task<long> TakeAsync(DataConnection transaction, LaneRow lane)
    {
        var key = FormattableString.Invariant($"{lane.MailingId ?? 0}:{lane.Domain}:{lane.Relay}");
        await transaction.ExecuteAsync(
            """
            INSERT INTO lane (key, mailing_id, list_identifier, domain, relay) VALUES (@key, @mailing, @list, @domain, @relay)
            ON CONFLICT (key) DO UPDATE SET closed_at = NULL
            """,
            CancellationToken.None,
            new DataParameter("key", key, DataType.VarChar),
            new DataParameter("mailing", lane.MailingId, DataType.Int64),
            new DataParameter("list", lane.ListIdentifier, DataType.VarChar),
            new DataParameter("domain", lane.Domain, DataType.VarChar),
            new DataParameter("relay", lane.Relay, DataType.VarChar));
        return await transaction.GetTable<LaneRow>().Where(row => row.Key == key).Select(row => row.Id).SingleAsync();
    }

    /// <summary>Closes the lanes of mailings in which nothing is open.</summary>
    public static Task<int> CloseAsync(DataConnection transaction, DateTimeOffset now) => Idle(transaction).Set(row => row.ClosedAt, now).UpdateAsync();

    /// <summary>Whether <see cref="CloseAsync"/> has anything to do.</summary>
    public static Task<bool> AnyIdleAsync(DataConnection connection) => Idle(connection).AnyAsync();

    /// <summary>Moves what is open for that domain out of the lanes that it shared, into lanes of its own.</summary>
    public static async Task SplitAsync(DataConnection transaction, string domain)
    {
        var ending = "@" + domain;
        foreach (var shared in await transaction.GetTable<LaneRow>().Where(row => row.ClosedAt == null && row.Domain == "").ToListAsync())
        {
            var open = transaction.GetTable<DeliveryRow>().Where(row =>
                row.LaneId == shared.Id && (row.NextAttemptAt != null || row.SenderId != null) && row.Address.EndsWith(ending));
            if (await open.AnyAsync())
            {
                var own = await TakeAsync(transaction, new LaneRow { MailingId = shared.MailingId, ListIdentifier = shared.ListIdentifier, Domain = domain, Relay = shared.Relay });
                await open.Set(row => row.LaneId, own).UpdateAsync();
            }
        }
    }

    private static IQueryable<LaneRow> Idle(DataConnection connection) => connection.GetTable<LaneRow>().Where(lane =>
        lane.ClosedAt == null
        && lane.MailingId != null
        && !connection.GetTable<DeliveryRow>().Any(row => row.LaneId == lane.Id && row.NextAttemptAt != null)
        && !connection.GetTable<DeliveryRow>().Any(row => row.SenderId != null && row.LaneId == lane.Id));
}
