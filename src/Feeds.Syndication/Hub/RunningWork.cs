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
        var begun = new TaskCompletionSource();
        running[number] = RunAsync();
        begun.SetResult();

        async Task RunAsync()
        {
            await begun.Task;
            try
            {
                await work();
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                Log.ExchangeFailed(logger, failed);
            }
            catch (OperationCanceledException)
            {
                // The program ends.
            }
            finally
            {
                running.TryRemove(number, out _);
                signal.Raise();
            }
        }
    }

    /// <summary>Waits for all that was begun before.</summary>
    public Task WhenDoneAsync() => Task.WhenAll(running.Values);
}
