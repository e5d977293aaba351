namespace Feeds.Newsletter.Webhooks;

/// <summary>When to try again: a function of how often it was tried, so that a restart changes nothing.</summary>
internal static class WebhookPauses
{
    /// <summary>Longer is nobody waited for, whatever they ask.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>What is so old is given up, also where it could not be tried so often.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(14);

    // As the specification suggests; three days and four hours in all.
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), Longest,
    ];

    /// <summary>How often a webhook is told of one event at most.</summary>
    public static int Attempts => Pauses.Length + 1;

    /// <summary>The pause after so many attempts, the last of which failed; null where it was the last of all.</summary>
    /// <param name="attempts">From 1 on.</param>
    /// <param name="asked">What the webhook asks for: it lengthens the pause, so that who asks for little isn't given up sooner.</param>
    public static TimeSpan? After(int attempts, TimeSpan? asked)
    {
        if (attempts > Pauses.Length)
        {
            return null;
        }

        var planned = Pauses[Math.Max(attempts, 1) - 1];
        return asked > planned ? (asked < Longest ? asked : Longest) : planned;
    }
}
