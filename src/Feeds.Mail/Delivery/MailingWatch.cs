using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;

namespace Feeds.Mail;

/// <summary>Sees what goes wrong with a mailing as a whole, and pauses it. What it has seen is this process's and ends with it.</summary>
internal sealed class MailingWatch(MailingControl control)
{
    /// <summary>Fewer messages that can't be composed never pause a mailing.</summary>
    public const int LeastUnfit = 20;

    /// <summary>Nor does a smaller share of those that were tried, in hundredths.</summary>
    public const int UnfitPercent = 5;

    /// <summary>So often in a row, each time after the relay was left alone for a while, the sender is refused for good before the mailing is paused.</summary>
    public const int SenderRefusals = 3;

    private const int Capacity = 1000;
    private readonly ConcurrentDictionary<long, Seen> mailings = new();

    public Task ComposedAsync(long mailingId, bool fit)
    {
        var seen = Of(mailingId);
        var tried = Interlocked.Increment(ref seen.Tried);
        if (fit)
        {
            return Task.CompletedTask;
        }

        var unfit = Interlocked.Increment(ref seen.Unfit);
        if (unfit < LeastUnfit || unfit * 100L <= tried * (long)UnfitPercent)
        {
            return Task.CompletedTask;
        }

        return PauseAsync(mailingId, string.Create(CultureInfo.InvariantCulture, $"{unfit} of {tried} messages could not be composed from what is stored."));
    }

    public Task SenderRefusedAsync(long mailingId, string trouble)
    {
        if (Interlocked.Increment(ref Of(mailingId).SenderRefused) < SenderRefusals)
        {
            return Task.CompletedTask;
        }

        return PauseAsync(mailingId, trouble);
    }

    /// <summary>A server took a message of it, so the sender is good.</summary>
    public void Accepted(long mailingId)
    {
        if (mailings.TryGetValue(mailingId, out var seen))
        {
            Interlocked.Exchange(ref seen.SenderRefused, 0);
        }
    }

    private async Task PauseAsync(long mailingId, string reason)
    {
        try
        {
            await control.PauseAsync(mailingId, reason);
            mailings.TryRemove(mailingId, out _);
        }
        catch (DbException)
        {
            // The next that goes wrong tries again; the outcome that is still to be written is worth more.
        }
    }

    private Seen Of(long mailingId)
    {
        // Each mail that is no newsletter is a mailing of its own.
        if (mailings.Count >= Capacity)
        {
            mailings.Clear();
        }

        return mailings.GetOrAdd(mailingId, _ => new Seen());
    }

    private sealed class Seen
    {
        public int Tried;
        public int Unfit;
        public int SenderRefused;
    }
}
