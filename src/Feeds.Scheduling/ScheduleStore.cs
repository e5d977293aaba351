using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Scheduling;

/// <summary>A schedule in force: the slots after <see cref="HandledUntil"/> are due when their time comes.</summary>
[Table("schedule")]
internal sealed record Schedule
{
    [Column("cadence"), PrimaryKey]
    public required string Cadence { get; init; }

    [Column("cron")]
    public required string Cron { get; init; }

    [Column("zone")]
    public required string Zone { get; init; }

    /// <summary>The cadence's revision that this was taken from.</summary>
    [Column("revision")]
    public required long Revision { get; init; }

    /// <summary>The last slot that was dealt with, or the instant at which the schedule came into force.</summary>
    [Column("handled_until")]
    public required DateTimeOffset HandledUntil { get; init; }
}

/// <summary>
/// Which slots were dealt with, durably. A crash between a slot and its edition therefore leaves the slot due, and a
/// changed or resumed schedule begins at the change, so it can't send a slot of the past.
/// </summary>
internal sealed class ScheduleStore(Database database)
{
    public Task<List<Schedule>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.GetTable<Schedule>().ToListAsync(cancellationToken));

    public Task<Schedule?> FindAsync(string cadence, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.GetTable<Schedule>().FirstOrDefaultAsync(row => row.Cadence == cadence, cancellationToken));

    /// <summary>
    /// Makes a cadence's schedule what the cadence says: none where it is paused or unreadable, else in force from an
    /// instant on; a new revision of the same cron and zone goes on where it was. Another process that has seen a later
    /// revision is not overruled.
    /// </summary>
    public Task FollowAsync(Cadence cadence, DateTimeOffset from, CancellationToken cancellationToken) =>
        cadence.Paused || SlotCalendar.TryCreate(cadence.Cron, cadence.Zone) is null
            ? LiftAsync(cadence.Name, cadence.Revision, cancellationToken)
            : database.WriteAsync(
                connection => connection.ExecuteAsync(
                    """
                    INSERT INTO schedule (cadence, cron, zone, revision, handled_until) VALUES (@cadence, @cron, @zone, @revision, @from)
                    ON CONFLICT (cadence) DO UPDATE SET
                        cron = excluded.cron,
                        zone = excluded.zone,
                        revision = excluded.revision,
                        handled_until = CASE
                            WHEN schedule.cron = excluded.cron AND schedule.zone = excluded.zone THEN schedule.handled_until
                            ELSE excluded.handled_until END
                    WHERE schedule.revision < excluded.revision
                    """,
                    cancellationToken,
                    new DataParameter("cadence", cadence.Name),
                    new DataParameter("cron", cadence.Cron),
                    new DataParameter("zone", cadence.Zone),
                    new DataParameter("revision", cadence.Revision),
                    new DataParameter("from", from.ToUnixTimeMilliseconds())),
                cancellationToken);

    /// <summary>Takes a schedule out of force: its cadence is paused, gone or unreadable.</summary>
    public Task LiftAsync(string cadence, long revision, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.GetTable<Schedule>().Where(row => row.Cadence == cadence && row.Revision <= revision).DeleteAsync(cancellationToken),
            cancellationToken);

    /// <summary>Records that every slot up to and including <paramref name="slot"/> was dealt with.</summary>
    public Task HandledAsync(Schedule schedule, DateTimeOffset slot, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.GetTable<Schedule>()
                .Where(row => row.Cadence == schedule.Cadence && row.Cron == schedule.Cron && row.Zone == schedule.Zone && row.HandledUntil < slot)
                .Set(row => row.HandledUntil, slot)
                .UpdateAsync(cancellationToken),
            cancellationToken);
}
