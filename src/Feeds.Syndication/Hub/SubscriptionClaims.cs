using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Syndication.Hub;

/// <summary>
/// Hands out what is due, each to one process, and writes what came of it. A claim that its process does not live to
/// complete is over after a minute, and nothing is written over a later claim's outcome.
/// </summary>
internal sealed class SubscriptionClaims(Database database, TimeProvider clock)
{
    /// <summary>Exchanges with one host at a time, over all processes: it may be a small machine.</summary>
    public const int MostAtHost = 2;

    /// <summary>Much longer than an exchange can take.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    // More than are ever begun at once, so that one host with many subscriptions does not hide the others.
    private const int Candidates = 500;

    /// <summary>Claims what is due longest.</summary>
    /// <param name="proven">At most so many subscriptions whose last push succeeded.</param>
    /// <param name="others">At most so many of the rest: unconfirmed wishes, and what failed before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SubscriptionRow>> ClaimAsync(int proven, int others, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = await database.ReadAsync(async connection =>
        {
            var due = connection.GetTable<SubscriptionRow>()
                .Where(row => row.NextAttemptAt <= now && (row.ClaimedUntil == null || row.ClaimedUntil <= now) && (row.AskedMode != null || row.ExpiresAt > now));
            var candidates = new List<Candidate>();
            candidates.AddRange(await FirstAsync(due.Where(row => row.ExpiresAt != null && row.Failures == 0 && row.AskFailures == 0), proven, cancellationToken));
            candidates.AddRange(await FirstAsync(due.Where(row => row.ExpiresAt == null || row.Failures > 0 || row.AskFailures > 0), others, cancellationToken));
            if (candidates.Count == 0)
            {
                return [];
            }

            var busy = await connection.GetTable<SubscriptionRow>()
                .Where(row => row.ClaimedUntil > now)
                .GroupBy(row => row.Host)
                .Select(group => new { Host = group.Key, Count = group.Count() })
                .ToDictionaryAsync(one => one.Host, one => one.Count, StringComparer.Ordinal, cancellationToken);
            return Choose(candidates, proven, others, busy);
        });
        return found.Count == 0 ? [] : await TakeAsync(found, now, cancellationToken);
    }

    /// <summary>The subscriber has the topic as of that tag.</summary>
    public Task PushedAsync(SubscriptionRow claim, string etag, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return WriteAsync(
            claim,
            row => row
                .Set(one => one.ETag, etag)
                .Set(one => one.Failures, 0)
                .Set(one => one.NextAttemptAt, one => one.Marked > claim.Marked || one.Asks > claim.Asks ? now : (DateTimeOffset?)null),
            cancellationToken);
    }

    /// <summary>The push failed: it is tried again later, or after the topic's next change where it failed too often.</summary>
    public Task FailedAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var failures = claim.Failures + 1;
        var later = now + BackOff.After(failures);
        DateTimeOffset? unlessMarked = failures < BackOff.PushTries ? later : null;
        return WriteAsync(
            claim,
            row => row
                .Set(one => one.Failures, failures)
                .Set(one => one.NextAttemptAt, one => one.Asks > claim.Asks ? now : one.Marked > claim.Marked ? later : unlessMarked),
            cancellationToken);
    }

    /// <summary>The subscriber wants it: pushes go to it until the lease is over, beginning with what changed since it asked.</summary>
    public Task SubscribedAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return WriteAsync(
            claim,
            row => Settle(row, claim, now)
                .Set(one => one.ExpiresAt, now.AddSeconds(claim.AskedLease))
                .Set(one => one.Secret, claim.AskedSecret),
            cancellationToken);
    }

    /// <summary>The subscriber doesn't want what somebody asked for in its name; a subscription that it had stays.</summary>
    public Task NotWantedAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return claim.ExpiresAt is null
            ? EndAsync(claim, cancellationToken)
            : WriteAsync(claim, row => Settle(row, claim, claim.Failures == 0 ? now : now + BackOff.After(claim.Failures)), cancellationToken);
    }

    /// <summary>The subscriber could not be asked; it is asked again later.</summary>
    public Task AskLaterAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var later = now + BackOff.After(claim.AskFailures + 1);
        return WriteAsync(
            claim,
            row => row
                .Set(one => one.AskFailures, one => one.Asks > claim.Asks ? 0 : claim.AskFailures + 1)
                .Set(one => one.NextAttemptAt, one => one.Asks > claim.Asks ? now : later),
            cancellationToken);
    }

    /// <summary>The subscription is over; a wish that came since is looked at for itself.</summary>
    public Task EndAsync(SubscriptionRow claim, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection =>
            {
                var ours = connection.GetTable<SubscriptionRow>().Where(row => row.Id == claim.Id && row.Claims == claim.Claims);
                if (await ours.Where(row => row.Asks == claim.Asks).DeleteAsync(cancellationToken) == 0)
                {
                    await ours
                        .Set(row => row.ExpiresAt, (DateTimeOffset?)null)
                        .Set(row => row.ClaimedUntil, (DateTimeOffset?)null)
                        .UpdateAsync(cancellationToken);
                }
            },
            cancellationToken);

    private static async Task<List<Candidate>> FirstAsync(IQueryable<SubscriptionRow> due, int wanted, CancellationToken cancellationToken) =>
        wanted == 0
            ? []
            : await due.OrderBy(row => row.NextAttemptAt).ThenBy(row => row.Id).Take(Candidates)
                .Select(row => new Candidate(row.Id, row.Host, row.Claims, row.ExpiresAt != null && row.Failures == 0 && row.AskFailures == 0))
                .ToListAsync(cancellationToken);

    private static List<Candidate> Choose(List<Candidate> candidates, int proven, int others, Dictionary<string, int> busy)
    {
        var chosen = new List<Candidate>();
        foreach (var one in candidates)
        {
            var atHost = busy.GetValueOrDefault(one.Host);
            if (atHost < MostAtHost && (one.IsProven ? proven : others) > 0)
            {
                chosen.Add(one);
                busy[one.Host] = atHost + 1;
                _ = one.IsProven ? proven-- : others--;
            }
        }

        return chosen;
    }

    /// <summary>Of those chosen, the ones that no other process took in the meantime.</summary>
    private Task<List<SubscriptionRow>> TakeAsync(List<Candidate> chosen, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection =>
            {
                var taken = new List<long>();
                // In one order everywhere, so that two processes don't wait for each other.
                foreach (var one in chosen.OrderBy(one => one.Id))
                {
                    var isOurs = await connection.GetTable<SubscriptionRow>()
                        .Where(row => row.Id == one.Id && row.Claims == one.Claims)
                        .Set(row => row.Claims, one.Claims + 1)
                        .Set(row => row.ClaimedUntil, now + Duration)
                        .UpdateAsync(cancellationToken) == 1;
                    if (isOurs)
                    {
                        taken.Add(one.Id);
                    }
                }

                return await connection.GetTable<SubscriptionRow>().Where(row => taken.Contains(row.Id)).ToListAsync(cancellationToken);
            },
            cancellationToken);

    /// <summary>The wish is dealt with, unless a newer one took its place meanwhile.</summary>
    private static LinqToDB.Linq.IUpdatable<SubscriptionRow> Settle(IQueryable<SubscriptionRow> row, SubscriptionRow claim, DateTimeOffset next) =>
        row
            .Set(one => one.AskedMode, one => one.Asks > claim.Asks ? one.AskedMode : null)
            .Set(one => one.AskedSecret, one => one.Asks > claim.Asks ? one.AskedSecret : null)
            .Set(one => one.AskFailures, 0)
            .Set(one => one.NextAttemptAt, next);

    private Task<int> WriteAsync(SubscriptionRow claim, Func<IQueryable<SubscriptionRow>, LinqToDB.Linq.IUpdatable<SubscriptionRow>> outcome, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => outcome(connection.GetTable<SubscriptionRow>().Where(row => row.Id == claim.Id && row.Claims == claim.Claims))
                .Set(row => row.ClaimedUntil, (DateTimeOffset?)null)
                .UpdateAsync(cancellationToken),
            cancellationToken);

    private sealed record Candidate(long Id, string Host, int Claims, bool IsProven);
}
