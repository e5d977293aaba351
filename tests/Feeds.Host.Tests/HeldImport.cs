using System.Globalization;
using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Host.Tests;

/// <summary>
/// The next run of an import commits once and stands still in the middle of the transaction after that, so that it is there
/// to be killed however long whoever does it is kept waiting.
/// </summary>
internal sealed class HeldImport : IAsyncDisposable
{
    private readonly DataConnection connection;
    private readonly bool isSqlite;

    private HeldImport(Database database) => (connection, isSqlite) = (database.Open(), database.Provider == DatabaseProvider.Sqlite);

    public static async Task<HeldImport> AfterOneMoreAsync(Database database)
    {
        var held = new HeldImport(database);
        var done = await held.connection.ExecuteAsync<long?>("SELECT MAX(place) FROM import_progress") ?? 0;
        await held.connection.ExecuteAsync((held.isSqlite ? OnSqlite(done) : OnPostgreSql(done)).ToString(CultureInfo.InvariantCulture));
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        // What PostgreSQL does for a program that died ends first, and is undone.
        await connection.ExecuteAsync(isSqlite ? "DROP TRIGGER held" : "SELECT pg_advisory_unlock(1); DROP TRIGGER held ON import_progress");
        await connection.DisposeAsync();
    }

    // It counts for some minutes: there is nothing to wait for.
    private static FormattableString OnSqlite(long done) => $"""
        CREATE TRIGGER held BEFORE UPDATE ON import_progress WHEN OLD.place > {done} BEGIN
            SELECT (WITH RECURSIVE up(to_here) AS (SELECT 1 UNION ALL SELECT to_here + 1 FROM up LIMIT 10000000000) SELECT COUNT(*) FROM up);
        END
        """;

    private static FormattableString OnPostgreSql(long done) => $"""
        SELECT pg_advisory_lock(1);
        CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
        CREATE TRIGGER held BEFORE UPDATE ON import_progress FOR EACH ROW WHEN (OLD.place > {done}) EXECUTE FUNCTION hold()
        """;
}
