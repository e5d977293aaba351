using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Feeds.Mail.Tests;

/// <summary>A real connection that is told of all that is asked of it, and may keep it from the database, or the answer from us.</summary>
internal abstract class WatchedConnection(DbConnection inner) : DbConnection
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

    /// <summary>Passes on a statement, or BEGIN.</summary>
    /// <param name="sql">What is asked.</param>
    /// <param name="isRead">Whether the answer is still to be read afterwards, until <see cref="Done"/>.</param>
    /// <param name="ask">Asks the database.</param>
    public abstract Task<T> AskAsync<T>(string sql, bool isRead, Func<Task<T>> ask);

    public abstract Task CommitAsync(DbTransaction transaction);

    /// <summary>A command is over, and its answer read.</summary>
    public virtual void Done()
    {
    }

    /// <summary>Passes on that a transaction, or the connection, is disposed of.</summary>
    public virtual async Task EndAsync(Func<ValueTask> end) => await end();

    public override void Open() => throw Synchronous();

    public override void Close() => inner.Close();

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override async ValueTask DisposeAsync()
    {
        await EndAsync(inner.DisposeAsync);
        await base.DisposeAsync();
    }

    internal static NotSupportedException Synchronous() => new("The program waits for its database asynchronously.");

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        new WatchedTransaction(await AskAsync("BEGIN", isRead: false, async () => await inner.BeginTransactionAsync(isolationLevel, CancellationToken.None)), this);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw Synchronous();

    protected override DbCommand CreateDbCommand() => new WatchedCommand(inner.CreateCommand(), this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>A transaction of a <see cref="WatchedConnection"/>.</summary>
internal sealed class WatchedTransaction(DbTransaction inner, WatchedConnection connection) : DbTransaction
{
    public DbTransaction Inner => inner;

    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    protected override DbConnection DbConnection => connection;

    public override Task CommitAsync(CancellationToken cancellationToken = default) => connection.CommitAsync(inner);

    public override void Commit() => throw WatchedConnection.Synchronous();

    public override void Rollback() => inner.Rollback();

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await connection.EndAsync(inner.DisposeAsync);
        await base.DisposeAsync();
    }
}

/// <summary>A command of a <see cref="WatchedConnection"/>.</summary>
internal sealed class WatchedCommand(DbCommand inner, WatchedConnection connection) : DbCommand
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
        set => (transaction, inner.Transaction) = (value, (value as WatchedTransaction)?.Inner ?? value);
    }

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        connection.AskAsync(CommandText, isRead: false, () => inner.ExecuteNonQueryAsync(CancellationToken.None));

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        connection.AskAsync(CommandText, isRead: false, () => inner.ExecuteScalarAsync(CancellationToken.None));

    public override int ExecuteNonQuery() => throw WatchedConnection.Synchronous();

    public override object? ExecuteScalar() => throw WatchedConnection.Synchronous();

    public override void Cancel() => inner.Cancel();

    public override void Prepare() => inner.Prepare();

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        connection.AskAsync(CommandText, isRead: true, () => inner.ExecuteReaderAsync(behavior, CancellationToken.None));

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw WatchedConnection.Synchronous();

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            connection.Done();
        }

        base.Dispose(disposing);
    }
}
