using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>A clock on which nobody waits for less than a second: it goes on by itself.</summary>
internal sealed class HurriedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock gate = new();
    private long jumped;

    /// <summary>The wall clock alone: what durations are measured by never jumps.</summary>
    public void Jump(TimeSpan by)
    {
        lock (gate)
        {
            AdjustTime(GetUtcNow() + by);
            jumped += by.Ticks;
        }
    }

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return base.GetTimestamp() - jumped;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
