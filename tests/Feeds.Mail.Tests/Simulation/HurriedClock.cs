namespace Feeds.Mail.Tests.Simulation;

/// <summary>A clock on which nobody waits for less than a second: it goes on by itself.</summary>
internal sealed class HurriedClock(DateTimeOffset start) : JumpingClock(start)
{
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
