using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Feeds.Mail.Tests;

/// <summary>What becomes of something that is asked of the database.</summary>
internal enum LineFault
{
    None,

    /// <summary>It never reaches the database; what was begun is rolled back.</summary>
    Lost,

    /// <summary>It is carried out, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The database gives it up because of others: it is busy, or could not serialize.</summary>
    Busy,
}

/// <summary>
/// The line between a room and its real database. On PostgreSQL it breaks as a connection does; a file has none, and what
/// fails there is reading or writing it, which leaves as little known of a COMMIT.
/// </summary>
internal sealed class DatabaseLine
{
    public const string Commit = "COMMIT";

    /// <summary>What becomes of a statement by its SQL, and of CONNECT, BEGIN and <see cref="Commit"/>.</summary>
    public Func<string, LineFault> Fault { get; set; } = _ => LineFault.None;

    public DbConnection Lay(DbConnection to) => new Connection(to, this);

    private static DbException Failure(DbConnection connection, bool busy)
    {
        if (connection is NpgsqlConnection)
        {
            return busy ? new PostgresException("could not serialize access", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure) : new NpgsqlException("Exception while reading from stream", new IOException());
        }

        // Named in one project only, so it is found where its own connection would find it.
        using var command = connection.CreateCommand();
        return (DbException)Activator.CreateInstance(
            command.CreateParameter().GetType().Assembly.GetType("Microsoft.Data.Sqlite.SqliteException")!, busy ? "database is locked" : "disk I/O error", busy ? 5 : 10)!;
    }

    private sealed class Connection(DbConnection inner, DatabaseLine line) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString
        {
            get => inner.ConnectionString;
            set => inner.ConnectionString = value;
        }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public async Task<T> PassAsync<T>(string what, Func<Task<T>> pass)
        {
            var fault = line.Fault(what);
            if (fault is LineFault.Lost or LineFault.Busy)
            {
                throw Failure(inner, fault == LineFault.Busy);
            }

            var result = await pass();
            return fault == LineFault.None ? result : throw Failure(inner, busy: false);
        }

        public Task<bool> CommitAsync(DbTransaction transaction) => PassAsync(Commit, async () =>
        {
            await transaction.CommitAsync(CancellationToken.None);
            return true;
        });

        public override Task OpenAsync(CancellationToken cancellationToken) => PassAsync("CONNECT", async () =>
        {
            await inner.OpenAsync(cancellationToken);
            return true;
        });

        public override void Open() => inner.Open();

        public override void Close() => inner.Close();

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
            new Transaction(await PassAsync("BEGIN", async () => await inner.BeginTransactionAsync(isolationLevel, cancellationToken)), this);

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new Transaction(inner.BeginTransaction(isolationLevel), this);

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), this);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class Transaction(DbTransaction inner, Connection connection) : DbTransaction
    {
        public DbTransaction Inner => inner;

        public override IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection DbConnection => connection;

        public override Task CommitAsync(CancellationToken cancellationToken = default) => connection.CommitAsync(inner);

        public override void Commit() => inner.Commit();

        public override void Rollback() => inner.Rollback();

        public override Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class Command(DbCommand inner, Connection connection) : DbCommand
    {
        private DbTransaction? transaction;

        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource
        {
            get => inner.UpdatedRowSource;
            set => inner.UpdatedRowSource = value;
        }

        protected override DbConnection? DbConnection
        {
            get => connection;
            set
            {
            }
        }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => transaction;
            set => (transaction, inner.Transaction) = (value, (value as Transaction)?.Inner ?? value);
        }

        public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => connection.PassAsync(CommandText, () => inner.ExecuteNonQueryAsync(cancellationToken));

        public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) => connection.PassAsync(CommandText, () => inner.ExecuteScalarAsync(cancellationToken));

        public override int ExecuteNonQuery() => inner.ExecuteNonQuery();

        public override object? ExecuteScalar() => inner.ExecuteScalar();

        public override void Cancel() => inner.Cancel();

        public override void Prepare() => inner.Prepare();

        protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
            connection.PassAsync(CommandText, () => inner.ExecuteReaderAsync(behavior, cancellationToken));

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => inner.ExecuteReader(behavior);

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
