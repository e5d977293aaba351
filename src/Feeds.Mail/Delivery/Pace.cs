namespace Feeds.Mail;

/// <summary>At most so many messages a second, over all connections of this process.</summary>
internal sealed class Pace(int? messagesPerSecond, TimeProvider clock)
{
    // What a timer wakes us late by may be caught up with, no more.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan interval = messagesPerSecond is { } rate ? TimeSpan.FromSeconds(1) / rate : TimeSpan.Zero;
    private readonly long start = clock.GetTimestamp();
    private readonly Lock gate = new();
    private TimeSpan next;

    /// <summary>Whether there is a limit at all.</summary>
    public bool IsLimited => interval > TimeSpan.Zero;

    /// <summary>Takes the next place in line and waits for it.</summary>
    /// <returns>False where that was cancelled.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var wait = Take();
        try
        {
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, clock, cancellationToken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private TimeSpan Take()
    {
        lock (gate)
        {
            var now = clock.GetElapsedTime(start);
            var place = next > now - Burst ? next : now - Burst;
            next = place + interval;
            return place > now ? place - now : TimeSpan.Zero;
        }
    }
}
