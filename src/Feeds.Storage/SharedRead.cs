namespace Feeds.Storage;

/// <summary>
/// One read for all who ask at the same time. It begins after each of them asked, so nobody gets what was older than their
/// question; a read that has begun is nobody else's. However many ask, one runs and one waits.
/// </summary>
/// <param name="read">Reads; what it returns is shared, so nobody may change it. It is not cancelled where its first asker gives up.</param>
public sealed class SharedRead<T>(Func<Task<T>> read)
{
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private Task<T>? waiting;

    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<T> ReadAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return (waiting ??= ReadAfterAsync(running)).WaitAsync(cancellationToken);
        }
    }

    private async Task<T> ReadAfterAsync(Task before)
    {
        // Yields in any case: SQLite reads without waiting for anything, which is not to be done within the lock.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (gate)
        {
            (running, waiting) = (waiting!, null);
        }

        return await read();
    }
}
