namespace Feeds.Syndication.Hub;

/// <summary>When to try again what failed: a function of how often it did, so that a restart changes nothing.</summary>
internal static class BackOff
{
    /// <summary>A push that failed so often, the last time 17 hours after the first, waits for the topic's next change.</summary>
    public const int PushTries = 12;

    /// <summary>A subscriber that can't be asked so often has not confirmed.</summary>
    public const int IntentTries = 3;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestForFollower = TimeSpan.FromHours(1);

    /// <summary>Half a minute after the first failure, and twice as long after each further one.</summary>
    public static TimeSpan After(int failures) => First * Math.Pow(2, Math.Clamp(failures, 1, PushTries) - 1);

    /// <summary>The same up to an hour: who was named in the configuration is never given up.</summary>
    public static TimeSpan ForFollowerAfter(int failures)
    {
        var wait = After(failures);
        return wait < LongestForFollower ? wait : LongestForFollower;
    }
}
