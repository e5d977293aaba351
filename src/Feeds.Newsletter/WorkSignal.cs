namespace Feeds.Newsletter;

/// <summary>Wakes a worker of this process before its time is over.</summary>
internal abstract class WorkSignal(TimeProvider clock)
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
            // Nothing was raised here; another process may have brought work, or time alone has.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
