using System.Collections.Concurrent;
using Feeds.Storage;
using LinqToDB.Data;
using Npgsql;

namespace Feeds.Testing;

/// <summary>
/// What the migrations make of an empty database, made once in this process and copied for whoever comes after: they take a
/// third of a second on PostgreSQL, and hundreds of tests begin with them.
/// </summary>
internal static class MigratedCopies
{
    private static readonly ConcurrentDictionary<(string Kind, DatabaseProvider Provider), Lazy<Task<Copy>>> Made = new();

    /// <param name="kind">Databases of one kind have the tables of the same rooms.</param>
    /// <param name="database">An empty one.</param>
    /// <param name="migrate">Runs the migrations on it.</param>
    /// <param name="server">Where it is, on PostgreSQL.</param>
    public static async Task FillAsync(string kind, Database database, Func<Task> migrate, PostgresServer? server)
    {
        var isFirst = false;
        var copy = await Made.GetOrAdd((kind, database.Provider), _ => new(() =>
        {
            isFirst = true;
            return MakeAsync(database, migrate, server);
        })).Value;
        if (isFirst)
        {
            return;
        }

        if (server is null)
        {
            await File.WriteAllBytesAsync(database.File!, copy.File!);
        }
        else
        {
            await server.FillAsync(database.ConnectionString, copy.Database!);
        }
    }

    private static async Task<Copy> MakeAsync(Database database, Func<Task> migrate, PostgresServer? server)
    {
        await migrate();
        if (server is not null)
        {
            PostgresServer.CloseIdle(database.ConnectionString);
            var kept = await server.NewDatabaseAsync();
            await server.FillAsync(kept, new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!);
            return new Copy(null, new NpgsqlConnectionStringBuilder(kept).Database);
        }

        using var folder = new TestFolder();
        await using (var connection = database.Open())
        {
            // Not by its file: closing that would give up the locks that SQLite has on it in this process.
            await connection.ExecuteAsync($"VACUUM INTO '{folder["copy.db"]}'");
        }

        var file = await File.ReadAllBytesAsync(folder["copy.db"]);
        // A vacuumed copy is none with a write-ahead log, and several who open it at once would quarrel over who makes it one
        // (https://sqlite.org/fileformat2.html#file_format_version_numbers).
        (file[18], file[19]) = (2, 2);
        return new Copy(file, null);
    }

    private sealed record Copy(byte[]? File, string? Database);
}
