using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>How many rows are inserted by one statement.</summary>
internal static class ManyRows
{
    // SQLite finds each parameter by comparing its name with all before it: a statement's time grows with their square.
    private const int Parameters = 240;

    /// <summary>For the rows of a table: as many at once as make a statement of comfortable size.</summary>
    public static BulkCopyOptions Of<TRow>(DataConnection connection) => new()
    {
        BulkCopyType = BulkCopyType.MultipleRows,
        UseParameters = true,
        MaxBatchSize = Math.Max(1, Parameters / connection.MappingSchema.GetEntityDescriptor(typeof(TRow)).Columns.Count),
    };
}
