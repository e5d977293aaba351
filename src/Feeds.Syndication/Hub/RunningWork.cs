using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Syndication.Hub;

/// <summary>What this process has begun and not finished. With each end it says that there may be room for more.</summary>
internal sealed class RunningWork(WorkSignal signal, ILogger<RunningWork> logger)
{
    private readonly ConcurrentDictionary<long, Task> running = new();
    private long last;

    /// <summary>Begins it; a failure is logged, and its claim runs out.</summary>
    public void Start(Func<Task> work)
    {
        var number = Interlocked.Increment(ref last);
        var isNoted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[number] = RunAsync(number, work, isNoted.Task);
        isNoted.SetResult();
    }

    /// <summary>Waits for all that was begun before.</summary>
    public Task WhenDoneAsync() => Task.WhenAll(running.Values);

    private async Task RunAsync(long number, Func<Task> work, Task isNoted)
    {
        await isNoted;
        try
        {
            await work();
        }
        catch (Exception failed)
        {
            Log.ExchangeFailed(logger, failed);
        }
        finally
        {
            running.TryRemove(number, out _);
            signal.Raise();
        }
    }
}
