using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Importing;

/// <summary>How far an import has come, and what came of it so far: noted in the transaction that does it.</summary>
internal sealed class ImportPlace(Database database, string key, DateTimeOffset now)
{
    private (long At, SubscriberImportCounts Counts) next;

    /// <summary>Rows up to here are done; 0 where none is.</summary>
    public long At { get; private set; }

    public SubscriberImportCounts Counts { get; private set; } = new();

    /// <returns>Whether an earlier run has begun and not ended.</returns>
    public async Task<bool> FindAsync(CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(connection => connection.GetTable<Row>().FirstOrDefaultAsync(row => row.Key == key, cancellationToken)) is not { } row)
        {
            return false;
        }

        (At, Counts) = (row.Place, JsonSerializer.Deserialize<SubscriberImportCounts>(row.Counts)!);
        return true;
    }

    /// <param name="transaction">That of the rows.</param>
    /// <param name="at">The last row's place; the highest number for the end.</param>
    /// <param name="deeds">What was done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task MoveAsync(DataConnection transaction, long at, IEnumerable<Deed> deeds, CancellationToken cancellationToken)
    {
        next = (at, deeds.Aggregate(Counts, (counts, deed) => counts.With(deed)));
        var mine = transaction.GetTable<Row>().Where(row => row.Key == key && row.Place == At);
        var text = JsonSerializer.Serialize(next.Counts);
        var moved = (At, at) switch
        {
            (0, long.MaxValue) => 1,
            (_, long.MaxValue) => await mine.DeleteAsync(cancellationToken),
            (0, _) => await transaction.ExecuteAsync(
                "INSERT INTO import_progress (key, place, counts, changed_at) VALUES (@key, @place, @counts, @now) ON CONFLICT (key) DO NOTHING",
                cancellationToken,
                new DataParameter("key", key, DataType.NVarChar),
                new DataParameter("place", at, DataType.Int64),
                new DataParameter("counts", text, DataType.NVarChar),
                new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64)),
            _ => await mine.Set(row => row.Place, at).Set(row => row.Counts, text).Set(row => row.ChangedAt, now).UpdateAsync(cancellationToken),
        };
        if (moved == 0)
        {
            throw new InvalidDataException("The same file is being imported by another process: let that one end.");
        }
    }

    /// <summary>Told after the commit.</summary>
    public void Keep() => (At, Counts) = next;

    [Table("import_progress")]
    private sealed class Row
    {
        [Column("key"), PrimaryKey]
        public string Key { get; set; } = "";

        [Column("place")]
        public long Place { get; set; }

        [Column("counts")]
        public string Counts { get; set; } = "";

        [Column("changed_at")]
        public DateTimeOffset ChangedAt { get; set; }
    }
}
