using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>A clock whose wall time may jump; what durations are measured by never does, as on a real machine.</summary>
internal class JumpingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock gate = new();
    private long jumped;

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
}
