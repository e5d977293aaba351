using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>Leaves a carrier in trouble alone for a while: a second, then twice as long each time, up to five minutes.</summary>
internal sealed class CarrierHealth(TimeProvider clock, ILogger<CarrierHealth> logger)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly Lock gate = new();
    private int troubles;
    private long since;
    private TimeSpan wait;
    private string? told;

    /// <summary>How long it is still to be left alone; zero when it may be tried.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (gate)
            {
                var left = wait - clock.GetElapsedTime(since);
                return troubles == 0 || left < TimeSpan.Zero ? TimeSpan.Zero : left;
            }
        }
    }

    /// <summary>Notes a trouble and says so once, until it is another or over. Several connections that see the same one count once.</summary>
    /// <returns>Whether it counted.</returns>
    public bool Trouble(string sentence)
    {
        lock (gate)
        {
            if (Wait > TimeSpan.Zero)
            {
                return false;
            }

            troubles++;
            since = clock.GetTimestamp();
            var doubled = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(troubles - 1, 20)));
            wait = doubled < Longest ? doubled : Longest;
            if (!string.Equals(told, sentence, StringComparison.Ordinal))
            {
                told = sentence;
                Log.RelayTrouble(logger, sentence, wait);
            }

            return true;
        }
    }

    /// <summary>Notes that it took a message, or gave a definite answer for one.</summary>
    public void Works()
    {
        lock (gate)
        {
            if (troubles > 0)
            {
                troubles = 0;
                told = null;
                Log.RelayWorks(logger);
            }
        }
    }
}
