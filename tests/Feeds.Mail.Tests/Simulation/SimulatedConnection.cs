using System.Data.Common;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>A real connection of a simulated process, which passes a numbered point before and after all that it does.</summary>
internal sealed class SimulatedConnection(DbConnection inner, SimulatedProcess process) : WatchedConnection(inner)
{
    private readonly DbConnection inner = inner;

    // Held while the database works for us, and until what it answered is read: the connection may not be cut off just then.
    private readonly SemaphoreSlim use = new(1);
    private bool held;
    private string written = "nothing";

    /// <summary>As when the process is gone: what is not committed is rolled back.</summary>
    public async Task CutOffAsync()
    {
        await use.WaitAsync();
        await inner.DisposeAsync();
    }

    public override async Task EndAsync(Func<ValueTask> end)
    {
        Done();
        await process.HangIfDeadAsync();
        await use.WaitAsync();
        try
        {
            await end();
        }
        finally
        {
            use.Release();
        }
    }

    public override void Done()
    {
        if (held)
        {
            held = false;
            use.Release();
        }
    }

    public override async Task<T> AskAsync<T>(string sql, bool isRead, Func<Task<T>> ask)
    {
        var what = What(sql);
        // A COMMIT is called after what it is for: that of a claim is another point than that of a lease.
        written = what.StartsWith("SELECT", StringComparison.Ordinal) || what is "BEGIN" ? written : what;
        await PassAsync("before " + what);
        process.FailPerhaps(inner, what);
        await use.WaitAsync();
        T result;
        try
        {
            result = await ask();
        }
        finally
        {
            use.Release();
        }

        await process.PassAsync("after " + what, mayFreeze: false);
        if (isRead)
        {
            await use.WaitAsync();
            held = true;
        }

        return result;
    }

    public override async Task CommitAsync(DbTransaction transaction)
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
        await use.WaitAsync(cancellationToken);
        try
        {
            await inner.OpenAsync(cancellationToken);
        }
        finally
        {
            use.Release();
        }
    }

    public override void Close()
    {
        Done();
        if (!process.IsDead)
        {
            inner.Close();
        }
    }

    protected override void Dispose(bool disposing)
    {
        // The dead do nothing more.
        if (disposing && !process.IsDead)
        {
            Done();
            process.Forget(this);
            base.Dispose(disposing);
        }
    }

    private async Task PassAsync(string place)
    {
        Done();
        await process.PassAsync(place, mayFreeze: false);
    }

    /// <summary>The statement's verb and table, so that the points have names.</summary>
    private static string What(string sql)
    {
        var words = sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var table = Array.FindIndex(words, word => word is "FROM" or "UPDATE" or "INTO") + 1;
        return table == 0 ? words[0] : $"{words[0]} {words[table].Trim('"', '[', ']')}";
    }
}
