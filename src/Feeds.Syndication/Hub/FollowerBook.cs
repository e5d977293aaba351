using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Syndication.Hub;

/// <summary>How far each follower was told, durable. A process that tells one claims it, as subscriptions are claimed.</summary>
internal sealed class FollowerBook(Database database, TimeProvider clock)
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    /// <summary>Whoever is not there yet begins with the next change: there is nothing that it could have missed.</summary>
    public async Task AddAsync(IReadOnlyList<string> names, long change, CancellationToken cancellationToken)
    {
        var known = await database.ReadAsync(connection => connection.GetTable<FollowerRow>().Where(row => names.Contains(row.Name)).Select(row => row.Name).ToListAsync(cancellationToken));
        foreach (var name in names.Except(known, StringComparer.Ordinal))
        {
            await database.WriteAsync(
                connection => connection.ExecuteAsync(
                    "INSERT INTO feed_follower (name, change, failures, next_attempt_at, claims) VALUES (@name, @change, 0, 0, 0) ON CONFLICT DO NOTHING",
                    cancellationToken,
                    new DataParameter("name", name, DataType.VarChar),
                    new DataParameter("change", change, DataType.Int64)),
                cancellationToken);
        }
    }

    /// <summary>Claims those that are behind and whose time to be told has come, each for one process.</summary>
    public async Task<IReadOnlyList<FollowerRow>> ClaimAsync(IReadOnlyList<string> names, long change, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(connection => connection.GetTable<FollowerRow>()
            .Where(row => names.Contains(row.Name) && row.Change < change && row.NextAttemptAt <= now && (row.ClaimedUntil == null || row.ClaimedUntil <= now))
            .OrderBy(row => row.Name)
            .ToListAsync(cancellationToken));
        var claimed = new List<FollowerRow>();
        foreach (var row in due)
        {
            var isOurs = await database.WriteAsync(
                async connection => await connection.GetTable<FollowerRow>()
                    .Where(one => one.Name == row.Name && one.Claims == row.Claims)
                    .Set(one => one.Claims, row.Claims + 1)
                    .Set(one => one.ClaimedUntil, now + Duration)
                    .UpdateAsync(cancellationToken) == 1,
                cancellationToken);
            if (isOurs)
            {
                row.Claims++;
                claimed.Add(row);
            }
        }

        return claimed;
    }

    /// <summary>Keeps the claim for as long again.</summary>
    /// <returns>Whether it is still ours.</returns>
    public Task<bool> KeepAsync(FollowerRow claim, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + Duration;
        return WriteAsync(claim, row => row.Set(one => one.ClaimedUntil, until), cancellationToken);
    }

    /// <summary>It has taken everything up to that change.</summary>
    public Task ToldAsync(FollowerRow claim, long upTo, CancellationToken cancellationToken) =>
        WriteAsync(claim, row => row.Set(one => one.Change, upTo).Set(one => one.Failures, 0).Set(one => one.ClaimedUntil, (DateTimeOffset?)null), cancellationToken);

    /// <summary>It is told again later.</summary>
    public Task FailedAsync(FollowerRow claim, CancellationToken cancellationToken)
    {
        var later = clock.GetUtcNow() + BackOff.ForFollowerAfter(claim.Failures + 1);
        return WriteAsync(
            claim,
            row => row.Set(one => one.Failures, claim.Failures + 1).Set(one => one.NextAttemptAt, later).Set(one => one.ClaimedUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    private Task<bool> WriteAsync(FollowerRow claim, Func<IQueryable<FollowerRow>, LinqToDB.Linq.IUpdatable<FollowerRow>> change, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection => await change(connection.GetTable<FollowerRow>().Where(row => row.Name == claim.Name && row.Claims == claim.Claims)).UpdateAsync(cancellationToken) == 1,
            cancellationToken);
}
