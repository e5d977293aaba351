namespace Feeds.Storage;

/// <summary>Rows that go to the database as one JSON text, the parameter <c>@rows</c>: the statement is the same for any number of them.</summary>
public static class JsonRows
{
    /// <summary>What stands after FROM, to be named by an alias.</summary>
    /// <param name="provider">Whose SQL.</param>
    /// <param name="count">How many rows there are.</param>
    /// <param name="columns">The members of each row's JSON object, with PostgreSQL's names of their types.</param>
    public static string From(DatabaseProvider provider, int count, params IReadOnlyList<(string Name, string Type)> columns) => provider == DatabaseProvider.PostgreSql
        // The number tells a server what to plan for; else it would take a hundred for granted.
        ? FormattableString.Invariant($"(SELECT * FROM json_to_recordset(@rows::json) AS t({string.Join(", ", columns.Select(column => $"{column.Name} {column.Type}"))}) LIMIT {count})")
        // Materialized, or SQLite would write each row's text out anew for each of its columns.
        : $"(WITH row AS MATERIALIZED (SELECT value FROM json_each(@rows)) SELECT {string.Join(", ", columns.Select(column => $"value ->> '{column.Name}' AS {column.Name}"))} FROM row)";
}
