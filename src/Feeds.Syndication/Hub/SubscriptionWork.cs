using Microsoft.Extensions.Logging;

namespace Feeds.Syndication.Hub;

/// <summary>Does what is due for subscriptions, so that a slow one holds up neither the others nor the next look.</summary>
internal sealed class SubscriptionWork(
    SubscriptionBook book, SubscriptionClaims claims, FeedLibrary library, IntentCheck intents, Push push, RunningWork running, ILogger<SubscriptionWork> logger)
{
    /// <summary>Exchanges at a time in this process.</summary>
    private const int Most = 32;

    /// <summary>Of these, with subscribers that failed before or never confirmed anything: they can't take all the room.</summary>
    private const int MostUnproven = 16;

    private int proven;
    private int others;

    /// <summary>One tick: begins what is due, as far as there is room for it.</summary>
    /// <returns>How many exchanges it began.</returns>
    public async Task<int> StartDueAsync(CancellationToken cancellationToken)
    {
        if (await book.RemoveExpiredAsync(cancellationToken) is > 0 and var expired)
        {
            Log.Expired(logger, expired);
        }

        var free = Most - Volatile.Read(ref proven) - Volatile.Read(ref others);
        var claimed = free == 0 ? [] : await claims.ClaimAsync(free, Math.Min(free, MostUnproven - Volatile.Read(ref others)), cancellationToken);
        if (claimed.Count > 0)
        {
            // What was committed before these became due is in the feeds from here on.
            await library.RefreshAsync(cancellationToken);
        }

        foreach (var claim in claimed)
        {
            Start(claim);
        }

        return claimed.Count;
    }

    // An exchange that has begun is finished, also when the program is told to stop: it takes ten seconds at most.
    private void Start(SubscriptionRow claim)
    {
        var isProven = claim is { ExpiresAt: not null, Failures: 0, AskFailures: 0 };
        Count(isProven, 1);
        running.Start(async () =>
        {
            try
            {
                await (claim.AskedMode is null ? push.RunAsync(claim, CancellationToken.None) : intents.RunAsync(claim, CancellationToken.None));
            }
            finally
            {
                Count(isProven, -1);
            }
        });
    }

    private void Count(bool isProven, int more) => Interlocked.Add(ref isProven ? ref proven : ref others, more);
}
