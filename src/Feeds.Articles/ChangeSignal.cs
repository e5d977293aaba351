namespace Feeds.Articles;

/// <summary>
/// Tells those who follow the article store within this process that something was committed. It only saves waiting:
/// what changed stands in the store, and another process's commits are not told here.
/// </summary>
public sealed class ChangeSignal(TimeProvider clock)
{
    private volatile TaskCompletionSource next = New();

    /// <summary>A task that ends with the next commit. To be taken before one looks into the store, so that no commit falls between.</summary>
    public Task Next => next.Task;

    /// <summary>Waits for a task that <see cref="Next"/> gave, but no longer than <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(Task committed, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await committed.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing was committed here; another process may have.
        }
    }

    /// <summary>To be called after a commit, never before.</summary>
    internal void Raise() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
