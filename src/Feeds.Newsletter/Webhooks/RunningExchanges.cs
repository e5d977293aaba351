using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Webhooks;

/// <summary>What this process has begun and not finished. With each end it says that there may be room for more.</summary>
internal sealed class RunningExchanges(WebhookSignal signal, ILogger<RunningExchanges> log)
{
    private readonly ConcurrentDictionary<long, (string Webhook, Task Exchange)> running = new();
    private long last;

    /// <summary>How many there are with that webhook.</summary>
    public int With(string webhook) => running.Values.Count(one => string.Equals(one.Webhook, webhook, StringComparison.Ordinal));

    /// <summary>Begins it; a failure is logged, and its claim runs out.</summary>
    public void Start(string webhook, Func<Task> exchange)
    {
        var number = Interlocked.Increment(ref last);
        var isNoted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[number] = (webhook, RunAsync(webhook, number, exchange, isNoted.Task));
        isNoted.SetResult();
    }

    /// <summary>Waits for all that was begun before.</summary>
    public Task WhenDoneAsync() => Task.WhenAll(running.Values.Select(one => one.Exchange));

    private async Task RunAsync(string webhook, long number, Func<Task> exchange, Task isNoted)
    {
        await isNoted;
        try
        {
            await exchange();
        }
        catch (Exception failed)
        {
            log.WebhookNotNoted(webhook, failed);
        }
        finally
        {
            running.TryRemove(number, out _);
            signal.Raise();
        }
    }
}
