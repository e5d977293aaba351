using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter;

/// <summary>Which times the subscribers of each cadence chose for themselves.</summary>
public sealed class SendTimes(Database database)
{
    /// <summary>All that were ever chosen for the cadences, besides <see cref="SendTime.OfCadence"/>; nobody may have some of them any more.</summary>
    public Task<ILookup<string, ChosenSendTime>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async connection => (await connection.GetTable<SendTimeRow>().ToListAsync(cancellationToken))
            .OrderBy(row => row.Zone, StringComparer.Ordinal).ThenBy(row => row.Hour)
            .ToLookup(row => row.Cadence, row => new ChosenSendTime(new SendTime(row.Zone, row.Hour), row.Since), StringComparer.Ordinal));

    /// <summary>Notes, within the caller's transaction, that somebody chose that time.</summary>
    internal static Task AddAsync(DataConnection transaction, string cadence, SendTime time, DateTimeOffset now, CancellationToken cancellationToken) =>
        time.IsOfCadence
            ? Task.CompletedTask
            : transaction.ExecuteAsync(
                "INSERT INTO send_time (cadence, zone, hour, since) VALUES (@cadence, @zone, @hour, @since) ON CONFLICT DO NOTHING",
                cancellationToken,
                new DataParameter("cadence", cadence, DataType.NVarChar),
                new DataParameter("zone", time.Zone, DataType.NVarChar),
                new DataParameter("hour", time.Hour, DataType.Int32),
                new DataParameter("since", now.ToUnixTimeMilliseconds(), DataType.Int64));
}

[Table("send_time")]
internal sealed class SendTimeRow
{
    [Column("cadence"), PrimaryKey(1)]
    public string Cadence { get; set; } = "";

    [Column("zone"), PrimaryKey(2)]
    public string Zone { get; set; } = "";

    [Column("hour"), PrimaryKey(3)]
    public int Hour { get; set; }

    [Column("since")]
    public DateTimeOffset Since { get; set; }
}
