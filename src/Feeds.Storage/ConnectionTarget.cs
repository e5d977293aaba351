using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Feeds.Storage;

/// <summary>What a connection string means: which provider, and the string with our settings in it.</summary>
internal sealed record ConnectionTarget(DatabaseProvider Provider, string ConnectionString, string Description)
{
    private const string Mend =
        "Storage:ConnectionString is neither a SQLite one (Data Source=data/feeds.db) nor a PostgreSQL one (Host=localhost;Database=feeds;Username=feeds)";

    /// <summary>The SQLite file, or null on PostgreSQL.</summary>
    public string? File { get; private init; }

    /// <exception cref="StorageException">The string belongs to neither provider.</exception>
    public static ConnectionTarget Parse(string connectionString)
    {
        DbConnectionStringBuilder words;
        try
        {
            words = new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException refused)
        {
            throw new StorageException($"{Mend}: it can't be read as key=value pairs. Write one of the two forms.", refused);
        }

        try
        {
            if (words.ContainsKey("Data Source") || words.ContainsKey("DataSource") || words.ContainsKey("Filename"))
            {
                return ForSqlite(connectionString);
            }

            if (words.ContainsKey("Host") || words.ContainsKey("Server"))
            {
                return ForPostgreSql(connectionString);
            }
        }
        catch (ArgumentException refused)
        {
            // The providers name the unknown word, never a value.
            throw new StorageException($"Storage:ConnectionString can't be used: {refused.Message} Correct or remove that word.", refused);
        }

        throw new StorageException($"{Mend}. Write one of the two forms.");
    }

    private static ConnectionTarget ForSqlite(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true };
        if (string.IsNullOrWhiteSpace(builder.DataSource) || builder.DataSource.Contains(":memory:", StringComparison.Ordinal) || builder.Mode == SqliteOpenMode.Memory)
        {
            throw new StorageException("Storage:ConnectionString names no file; an in-memory database would forget who was written to. Write Data Source=data/feeds.db.");
        }

        builder.DataSource = Path.GetFullPath(builder.DataSource);
        return new ConnectionTarget(DatabaseProvider.Sqlite, builder.ConnectionString, builder.DataSource) { File = builder.DataSource };
    }

    private static ConnectionTarget ForPostgreSql(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.ApplicationName ??= "feeds";
        var said = builder.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!said.Contains("Max Auto Prepare"))
        {
            // Statements that come again and again are compiled once for each connection.
            builder.MaxAutoPrepare = 100;
            builder.AutoPrepareMinUsages = 2;
        }

        if (!said.Contains("No Reset On Close"))
        {
            // Nothing of ours outlasts its transaction but the migrator's lock, which it gives back itself.
            builder.NoResetOnClose = true;
        }

        return new ConnectionTarget(DatabaseProvider.PostgreSql, builder.ConnectionString, $"{builder.Database} on {builder.Host}");
    }
}
