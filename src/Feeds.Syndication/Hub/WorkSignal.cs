namespace Feeds.Syndication.Hub;

/// <summary>Tells the worker of this process that there is something to do before its interval is over. It only saves waiting.</summary>
internal sealed class WorkSignal
{
    private volatile TaskCompletionSource next = New();

    /// <summary>Ends when the signal is raised next; to be taken before one looks for work.</summary>
    public Task Next => next.Task;

    public void Raise() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
