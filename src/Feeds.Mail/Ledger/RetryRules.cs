namespace Feeds.Mail;

/// <summary>What an outcome means for a delivery: its new state, and when it is due again.</summary>
internal static class RetryRules
{
    /// <summary>After a temporary refusal; doubles with each, up to <see cref="LongestDelay"/>.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(4);

    /// <summary>After a connection that broke under the message; doubles with each claim, up to <see cref="LongestDropDelay"/>.</summary>
    public static readonly TimeSpan FirstDropDelay = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan LongestDropDelay = TimeSpan.FromHours(1);

    /// <summary>A delivery that was first tried so long ago is given up at its next temporary refusal.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);

    /// <param name="before">Where it stood when it was claimed.</param>
    /// <param name="claimNumber">How often it has been claimed.</param>
    /// <param name="startedAt">When it was claimed.</param>
    /// <param name="kind">What came of it.</param>
    /// <param name="now">When that was known.</param>
    /// <param name="jitter">0 to 1; the first delay grows to up to three times, later ones by up to a quarter, so that what was deferred together doesn't come back together.</param>
    /// <param name="policy">What is done where nobody knows whether it arrived.</param>
    public static Standing After(
        Standing before, int claimNumber, DateTimeOffset startedAt, OutcomeKind kind, DateTimeOffset now, double jitter, UncertainPolicy policy = UncertainPolicy.Resend)
    {
        var tried = before with { Attempts = before.Attempts + 1, FirstAttemptAt = before.FirstAttemptAt ?? startedAt };
        // Greylists let nobody through before five minutes, most after fifteen.
        var later = now + Delay(FirstDelay, LongestDelay, tried.Attempts, tried.Attempts == 1 ? 8 * jitter : jitter);
        var tooOld = now - tried.FirstAttemptAt >= GiveUpAfter;
        return kind switch
        {
            OutcomeKind.Accepted => Finish(tried, DeliveryState.Accepted, now),
            OutcomeKind.Failed => Finish(tried, DeliveryState.Failed, now),
            OutcomeKind.Deferred when tooOld => Finish(tried, DeliveryState.Failed, now),
            OutcomeKind.Deferred => tried with { State = DeliveryState.Deferred, NextAttemptAt = later },
            OutcomeKind.Uncertain when policy == UncertainPolicy.Hold => Finish(tried with { Doubts = before.Doubts + 1 }, DeliveryState.Uncertain, now),
            OutcomeKind.Uncertain when policy == UncertainPolicy.Ask => tried with { State = DeliveryState.Uncertain, Doubts = before.Doubts + 1, NextAttemptAt = null },
            OutcomeKind.Uncertain when tooOld => Finish(tried with { Doubts = before.Doubts + 1 }, DeliveryState.Failed, now),
            // At once, but not again and again into a server that swallows every answer.
            OutcomeKind.Uncertain => tried with { State = DeliveryState.Uncertain, Doubts = before.Doubts + 1, NextAttemptAt = before.Doubts == 0 ? now : later },
            OutcomeKind.Dropped => before with { State = DeliveryState.Deferred, NextAttemptAt = now + Delay(FirstDropDelay, LongestDropDelay, claimNumber, jitter) },
            OutcomeKind.Untouched => before,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An outcome without a rule."),
        };
    }

    /// <summary>The same for a delivery whose mailing was cancelled while it was in flight: it is not tried again.</summary>
    public static Standing Cancelled(Standing after, DateTimeOffset now) => after.State switch
    {
        DeliveryState.Pending or DeliveryState.Deferred => Finish(after, DeliveryState.Suppressed, now),
        DeliveryState.Uncertain => Finish(after, DeliveryState.Uncertain, after.FinishedAt ?? now),
        _ => after,
    };

    private static Standing Finish(Standing tried, DeliveryState state, DateTimeOffset now) =>
        tried with { State = state, NextAttemptAt = null, FinishedAt = now };

    private static TimeSpan Delay(TimeSpan first, TimeSpan longest, int times, double jitter)
    {
        var doubled = first * Math.Pow(2, Math.Clamp(times - 1, 0, 20));
        return (doubled < longest ? doubled : longest) * (1 + (jitter / 4));
    }
}
