using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Feeds.Storage;

/// <summary>
/// The one database of the program. Instants are stored as Unix milliseconds (UTC), so both providers hold and compare
/// the same values; map them as <see cref="DateTimeOffset"/>.
/// </summary>
public sealed class Database : IDisposable
{
    private const int WriteAttempts = 5;
    private const int MostIdle = 8;
    private readonly ConnectionTarget target;
    private readonly DataOptions options;
    private readonly TimeProvider clock;

    // SQLite has one writer; waiting in line here is fair, waiting in its busy handler is not.
    private readonly SemaphoreSlim writer;

    // Settings of a SQLite connection last as long as its handle, which goes back into a pool.
    private readonly ConditionalWeakTable<SQLitePCL.sqlite3, string> set = [];

    // SQLite's connections that nobody uses just now, so that what they compiled stays so. PostgreSQL's driver keeps its own.
    private readonly ConcurrentBag<DataConnection> idle = [];

    /// <exception cref="StorageException">The connection string belongs to neither provider.</exception>
    public Database(IOptions<StorageOptions> storage, TimeProvider clock)
        : this(storage, clock, connection => connection)
    {
    }

    /// <param name="storage">Which database.</param>
    /// <param name="clock">Measures the pauses before another attempt.</param>
    /// <param name="around">What stands between us and each connection: tests let it fail.</param>
    internal Database(IOptions<StorageOptions> storage, TimeProvider clock, Func<DbConnection, DbConnection> around)
    {
        target = ConnectionTarget.Parse(storage.Value.ConnectionString);
        this.clock = clock;
        writer = target.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1) : new SemaphoreSlim(64);
        options = new DataOptions().UseMappingSchema(StoredTypes.Schema);
        options = target.Provider == DatabaseProvider.Sqlite
            ? options.UseConnectionFactory(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => around(OpenSqlite()))
            : options.UseConnectionFactory(PostgreSQLTools.GetDataProvider(PostgreSQLVersion.v15), _ => around(new NpgsqlConnection(target.ConnectionString)));
    }

    /// <summary>Which database this is.</summary>
    public DatabaseProvider Provider => target.Provider;

    /// <summary>The connection string in force; it may hold a password, so it belongs in no log and no page.</summary>
    public string ConnectionString => target.ConnectionString;

    /// <summary>The file, or database and host: what may be shown of <see cref="ConnectionString"/>.</summary>
    public string Description => target.Description;

    /// <summary>The SQLite file, or null on PostgreSQL.</summary>
    public string? File => target.File;

    /// <summary>
    /// What tells this database from a copy of it, and from what a recovery made of it: on PostgreSQL the cluster, the
    /// database and the timeline. On SQLite a file has nothing of the kind, so it is its path.
    /// </summary>
    public Task<string> IdentityAsync(CancellationToken cancellationToken) => target.Provider == DatabaseProvider.Sqlite
        ? Task.FromResult(target.File!)
        : ReadAsync(connection => connection.ExecuteAsync<string>(
            """
            SELECT s.system_identifier || '/' || d.oid || '/' || c.timeline_id
            FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
            """,
            cancellationToken));

    /// <summary>A connection for reading, without a transaction. The caller disposes of it.</summary>
    public DataConnection Open() => new(options);

    /// <summary>Runs a read-only query or several, each seeing what was committed when it began.</summary>
    public Task<T> ReadAsync<T>(Func<DataConnection, Task<T>> read) => WithConnectionAsync(read);

    /// <summary>Reads several things from one snapshot: nothing committed in between is seen by some and not by others.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<DataConnection, Task<T>> read, CancellationToken cancellationToken) =>
        WithConnectionAsync(async connection =>
        {
            // On SQLite any other level begins as a writer.
            await using var transaction = await connection.BeginTransactionAsync(
                target.Provider == DatabaseProvider.Sqlite ? IsolationLevel.ReadUncommitted : IsolationLevel.RepeatableRead, cancellationToken);
            var result = await read(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        });

    /// <summary>
    /// Runs <paramref name="write"/> in one write transaction and commits it durably. A transaction that the database gave
    /// up for concurrency (busy, deadlock, serialization) is run again, at most five times in all, so the delegate must be
    /// free of effects outside the database.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<DataConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        await writer.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await WriteOnceAsync(write, cancellationToken);
                }
                catch (DbException busy) when (attempt < WriteAttempts && IsConcurrency(busy))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20 * attempt * attempt), clock, cancellationToken);
                }
            }
        }
        finally
        {
            writer.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<DataConnection, Task> write, CancellationToken cancellationToken) =>
        WriteAsync(
            async connection =>
            {
                await write(connection);
                return true;
            },
            cancellationToken);

    /// <summary>Whether the database refused a row because its key is already there.</summary>
    public static bool IsDuplicateKey(DbException refused) =>
        refused is SqliteException { SqliteExtendedErrorCode: 1555 or 2067 } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>Whether it is the database itself that is in trouble, which whoever runs it can mend, and not what it was asked.</summary>
    public static bool IsUnavailable(DbException refused) => refused switch
    {
        // Busy, locked, read-only, I/O, corrupt, full, can't be opened, no database (https://sqlite.org/rescode.html).
        SqliteException file => file.SqliteErrorCode is 5 or 6 or 8 or 10 or 11 or 13 or 14 or 26,
        // Classes of its manual's Appendix A: connection, authorization, database name, resources, operator, system.
        PostgresException server => server.SqlState[..2] is "08" or "28" or "3D" or "53" or "57" or "58" || server.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction,
        // It did not get as far as the server's answer.
        NpgsqlException => true,
        _ => false,
    };

    /// <summary>
    /// After something was deleted for good: SQLite's write-ahead log, which still has it, is emptied into the database,
    /// where it was overwritten. A server gives the room away by its own vacuum, so nothing is done there.
    /// </summary>
    /// <returns>Whether nothing of it is left; false where somebody was reading all the while: try again later.</returns>
    public async Task<bool> ScrubAsync(CancellationToken cancellationToken)
    {
        if (target.Provider != DatabaseProvider.Sqlite)
        {
            return true;
        }

        await writer.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(connection => connection.ExecuteAsync<int>("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken)) == 0;
        }
        finally
        {
            writer.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        writer.Dispose();
    }

    private Task<T> WriteOnceAsync<T>(Func<DataConnection, Task<T>> write, CancellationToken cancellationToken) =>
        WithConnectionAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(
                target.Provider == DatabaseProvider.Sqlite ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted, cancellationToken);
            var result = await write(connection);
            // Past this point giving up would leave the outcome unknown.
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        });

    private async Task<T> WithConnectionAsync<T>(Func<DataConnection, Task<T>> work)
    {
        if (!idle.TryTake(out var connection))
        {
            connection = Open();
        }

        var isSound = false;
        try
        {
            var result = await work(connection);
            isSound = true;
            return result;
        }
        finally
        {
            if (isSound && target.Provider == DatabaseProvider.Sqlite && idle.Count < MostIdle)
            {
                idle.Add(connection);
            }
            else
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static bool IsConcurrency(DbException refused) =>
        refused is SqliteException { SqliteErrorCode: 5 or 6 }
        || refused is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    private PreparedConnection OpenSqlite()
    {
        var connection = new SqliteConnection(target.ConnectionString);
        connection.Open();
        if (!set.TryGetValue(connection.Handle!, out _))
        {
            using var pragmas = connection.CreateCommand();
            // FULL: an outcome that was reported to us as committed survives a power cut. And what is deleted is overwritten.
            // Eight times the usual pages: with 2 MB an import of 300,000 rows reads its indexes again and again, and takes a sixth longer.
            pragmas.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;";
            pragmas.ExecuteNonQuery();
            set.Add(connection.Handle!, "");
        }

        return new PreparedConnection(connection);
    }
}
