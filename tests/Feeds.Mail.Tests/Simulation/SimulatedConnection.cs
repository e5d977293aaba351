using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>A real connection of a simulated process, which passes a numbered point before and after all that it does.</summary>
internal sealed class SimulatedConnection(DbConnection inner, SimulatedProcess process) : DbConnection
{
    // Held while the database works for us, and until what it answered is read: the connection may not be cut off just then.
    private readonly SemaphoreSlim use = new(1);
    private bool held;
    private string written = "nothing";

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

    /// <summary>As when the process is gone: what is not committed is rolled back.</summary>
    public async Task CutOffAsync()
    {
        await use.WaitAsync();
        await inner.DisposeAsync();
    }

    public Task HangIfDeadAsync()
    {
        LetGo();
        return process.HangIfDeadAsync();
    }

    /// <summary>What was asked for is read.</summary>
    public void LetGo()
    {
        if (held)
        {
            held = false;
            use.Release();
        }
    }

    public async Task<T> DoAsync<T>(string what, bool answers, Func<Task<T>> work)
    {
        // A COMMIT is called after what it is for: that of a claim is another point than that of a lease.
        written = what.StartsWith("SELECT", StringComparison.Ordinal) || what is "BEGIN" ? written : what;
        await PassAsync("before " + what);
        process.FailPerhaps(inner, what);
        await use.WaitAsync();
        T result;
        try
        {
            result = await work();
        }
        finally
        {
            use.Release();
        }

        await process.PassAsync("after " + what, mayFreeze: false);
        if (answers)
        {
            await use.WaitAsync();
            held = true;
        }

        return result;
    }

    public async Task CommitAsync(DbTransaction transaction)
    {
        var commit = $"COMMIT of {written}";
        await PassAsync("before " + commit);
        var lost = process.Happens("commit lost", 0.02);
        await use.WaitAsync();
        try
        {
            if (lost && process.Happens("commit undone", 0.4))
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
            else
            {
                await transaction.CommitAsync(CancellationToken.None);
            }
        }
        finally
        {
            use.Release();
        }

        await process.PassAsync("after " + commit, mayFreeze: false);
        if (lost)
        {
            throw process.ConnectionLost(inner, "COMMIT");
        }
    }

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await PassAsync("before connecting");
        await inner.OpenAsync(cancellationToken);
    }

    public override void Open() => inner.Open();

    public override void Close()
    {
        LetGo();
        if (!process.IsDead)
        {
            inner.Close();
        }
    }

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override async ValueTask DisposeAsync()
    {
        await HangIfDeadAsync();
        process.Forget(this);
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        var begun = await DoAsync("BEGIN", answers: false, async () => await inner.BeginTransactionAsync(isolationLevel, CancellationToken.None));
        return new SimulatedTransaction(begun, this);
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException("The program waits for its database asynchronously.");

    protected override DbCommand CreateDbCommand() => new SimulatedCommand(inner.CreateCommand(), this);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !process.IsDead)
        {
            LetGo();
            process.Forget(this);
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task PassAsync(string place)
    {
        LetGo();
        await process.PassAsync(place, mayFreeze: false);
    }
}

/// <summary>A transaction whose COMMIT may get no answer.</summary>
internal sealed class SimulatedTransaction(DbTransaction inner, SimulatedConnection connection) : DbTransaction
{
    public DbTransaction Inner => inner;

    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    protected override DbConnection DbConnection => connection;

    public override Task CommitAsync(CancellationToken cancellationToken = default) => connection.CommitAsync(inner);

    public override void Commit() => throw new NotSupportedException("The program waits for its database asynchronously.");

    public override void Rollback() => inner.Rollback();

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await connection.HangIfDeadAsync();
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>A command that may not be carried out.</summary>
internal sealed class SimulatedCommand(DbCommand inner, SimulatedConnection connection) : DbCommand
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
        set
        {
            transaction = value;
            inner.Transaction = (value as SimulatedTransaction)?.Inner ?? value;
        }
    }

    /// <summary>The statement's verb and table, so that the points have names.</summary>
    private string What
    {
        get
        {
            var words = inner.CommandText.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var table = Array.FindIndex(words, word => word is "FROM" or "UPDATE" or "INTO") + 1;
            return $"{words[0]} {words[table].Trim('"', '[', ']')}";
        }
    }

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        connection.DoAsync(What, answers: false, () => inner.ExecuteNonQueryAsync(CancellationToken.None));

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        connection.DoAsync(What, answers: false, () => inner.ExecuteScalarAsync(CancellationToken.None));

    public override int ExecuteNonQuery() => throw new NotSupportedException("The program waits for its database asynchronously.");

    public override object? ExecuteScalar() => throw new NotSupportedException("The program waits for its database asynchronously.");

    public override void Cancel() => inner.Cancel();

    public override void Prepare() => inner.Prepare();

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        connection.DoAsync(What, answers: true, () => inner.ExecuteReaderAsync(behavior, CancellationToken.None));

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException("The program waits for its database asynchronously.");

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            connection.LetGo();
        }

        base.Dispose(disposing);
    }
}
