using FsCheck.Xunit;

namespace Feeds.Mail.Tests;

public sealed class RetryRulesTests
{
    private static readonly DateTimeOffset Start = Mailings.Date;
    private static readonly Standing Fresh = new(DeliveryState.Pending, 0, 0, Start, null, null);

    [Fact]
    public void Temporary_refusals_are_tried_after_five_minutes_doubling_to_four_hours()
    {
        var standing = Fresh;
        var now = Start;
        var delays = new List<TimeSpan>();
        for (var number = 1; standing.State != DeliveryState.Failed; number++)
        {
            standing = RetryRules.After(standing, number, now, OutcomeKind.Deferred, now, jitter: 0);
            delays.Add((standing.NextAttemptAt ?? now) - now);
            now = standing.NextAttemptAt ?? now;
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 240, 240], delays.Take(8).Select(delay => delay.TotalMinutes));
        Assert.InRange(now - Start, TimeSpan.FromDays(3), TimeSpan.FromDays(3) + TimeSpan.FromHours(4));
    }

    [Fact]
    public void Broken_connections_never_end_a_delivery()
    {
        var standing = Fresh;
        var now = Start;
        for (var number = 1; number <= 500; number++)
        {
            standing = RetryRules.After(standing, number, now, OutcomeKind.Dropped, now, jitter: 1);
            Assert.InRange(standing.NextAttemptAt!.Value - now, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(75));
            now = standing.NextAttemptAt.Value;
        }

        Assert.Equal((DeliveryState.Deferred, 0, 0), (standing.State, standing.Attempts, standing.Doubts));
    }

    [Property(MaxTest = 2000)]
    public void Whatever_happens_a_delivery_is_either_due_again_or_done_with(byte kindNumber, byte attempts, byte doubts, ushort minutes, byte jitter)
    {
        var kind = (OutcomeKind)(kindNumber % 6);
        var before = Fresh with { Attempts = attempts, Doubts = doubts, FirstAttemptAt = attempts > 0 ? Start : null };
        var now = Start.AddMinutes(minutes);

        var after = RetryRules.After(before, attempts + 1, now, kind, now, jitter / 256.0);

        var open = after.State is DeliveryState.Pending or DeliveryState.Deferred or DeliveryState.Uncertain;
        Assert.Equal(open, after.NextAttemptAt is not null);
        Assert.Equal(!open, after.FinishedAt is not null);
        Assert.True(after.Doubts >= before.Doubts);
        Assert.True(after.Attempts - before.Attempts is 0 or 1);
        Assert.True(kind is not (OutcomeKind.Dropped or OutcomeKind.Untouched) || after.Attempts == before.Attempts);
        Assert.True(kind == OutcomeKind.Untouched || after.NextAttemptAt is null || after.NextAttemptAt >= now);
    }
}
