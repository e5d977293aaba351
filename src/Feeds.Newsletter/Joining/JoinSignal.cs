namespace Feeds.Newsletter.Joining;

/// <summary>Wakes the worker of this process before its second is over.</summary>
internal sealed class JoinSignal(TimeProvider clock)
{
    private volatile TaskCompletionSource next = New();

    /// <summary>To be taken before the work, so that what is raised meanwhile isn't missed.</summary>
    public Task Next => next.Task;

    public void Raise() => Interlocked.Exchange(ref next, New()).SetResult();

    public async Task WaitAsync(Task raised, TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await raised.WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nothing was asked for here; another process may have taken something, or time alone brings work.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
