using System.Collections.Concurrent;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Mail;

/// <summary>So many messages in so much time, evenly spread: each has its place, so no span of that length holds more than one over.</summary>
/// <param name="Key">Whose, and of which unit; the same in all processes.</param>
/// <param name="Interval">Between two messages.</param>
internal sealed record RateLimit(string Key, TimeSpan Interval);

/// <summary>So many messages in any 24 hours; counted by the hour, so the oldest hour counts whole.</summary>
/// <param name="Key">Whose; the same in all processes.</param>
/// <param name="On">How many on that day.</param>
internal sealed record DayLimit(string Key, Func<DateTimeOffset, long> On);

/// <summary>All limits of one relay or domain.</summary>
internal sealed record LimitSet(IReadOnlyList<RateLimit> Rates, DayLimit? Day)
{
    public static LimitSet None { get; } = new([], null);

    public bool IsEmpty => Rates.Count == 0 && Day is null;
}

/// <summary>
/// The limits as the store keeps them: they hold over all processes and across restarts, because a message's place is taken
/// in the transaction that claims it. A claim under which nothing was sent has used its place all the same.
/// </summary>
internal sealed class SendingLimits(Database database)
{
    // What a timer is late by may be caught up with, no more.
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(100);

    // Where places are so far apart that the worker's next tick finds them: what that tick is late by.
    private static readonly TimeSpan TickLateness = TimeSpan.FromSeconds(1.2);
    private readonly ConcurrentDictionary<string, DateTimeOffset> fullUntil = new(StringComparer.Ordinal);

    /// <summary>When the next message may go, as far as this process knows; null where one may go now.</summary>
    public DateTimeOffset? FullUntil(LimitSet limits, DateTimeOffset now)
    {
        DateTimeOffset? latest = null;
        foreach (var key in limits.Rates.Select(rate => rate.Key).Concat(limits.Day is { } day ? [day.Key] : []))
        {
            if (fullUntil.TryGetValue(key, out var until) && until > now && until - now < TimeSpan.FromHours(1.5) && (latest is null || until > latest))
            {
                latest = until;
            }
        }

        return latest;
    }

    /// <summary>How many messages may go now, at most <paramref name="wanted"/>; the rows stay locked until the transaction ends.</summary>
    public async Task<int> AskAsync(DataConnection transaction, LimitSet limits, int wanted, DateTimeOffset now)
    {
        foreach (var rate in limits.Rates)
        {
            wanted = Math.Min(wanted, await AskAsync(transaction, rate, now));
        }

        return limits.Day is { } day && wanted > 0 ? (int)Math.Min(wanted, await AskAsync(transaction, day, now)) : wanted;
    }

    /// <summary>Takes the places of so many messages, which <see cref="AskAsync(DataConnection, LimitSet, int, DateTimeOffset)"/> allowed.</summary>
    public async Task SpendAsync(DataConnection transaction, LimitSet limits, int messages, DateTimeOffset now)
    {
        foreach (var rate in limits.Rates)
        {
            var next = First(rate, await NextAsync(transaction, rate.Key), now) + (messages * Microseconds(rate.Interval));
            await transaction.GetTable<RateRow>().Where(row => row.Key == rate.Key).Set(row => row.NextAt, next).UpdateAsync();
        }

        if (limits.Day is { } day)
        {
            var hour = Hour(now);
            await transaction.ExecuteAsync(
                "INSERT INTO sending_count (key, hour, messages) VALUES (@key, @hour, @messages) ON CONFLICT (key, hour) DO UPDATE SET messages = sending_count.messages + excluded.messages",
                CancellationToken.None,
                new DataParameter("key", day.Key, DataType.VarChar),
                new DataParameter("hour", hour, DataType.Int64),
                new DataParameter("messages", (long)messages, DataType.Int64));
            await transaction.GetTable<CountRow>().Where(row => row.Key == day.Key && row.Hour < hour - 48).DeleteAsync();
        }
    }

    private async Task<int> AskAsync(DataConnection transaction, RateLimit rate, DateTimeOffset now)
    {
        var next = await NextAsync(transaction, rate.Key);
        var first = First(rate, next, now);
        if (first < next)
        {
            // Written down, or the place would move away from us as the time passes.
            await transaction.GetTable<RateRow>().Where(row => row.Key == rate.Key).Set(row => row.NextAt, first).UpdateAsync();
        }

        var late = Microseconds(now) - first;
        if (late >= 0)
        {
            return (int)Math.Min(late / Microseconds(rate.Interval), int.MaxValue - 1) + 1;
        }

        fullUntil[rate.Key] = now.AddMicroseconds(-late);
        return 0;
    }

    private async Task<long> AskAsync(DataConnection transaction, DayLimit day, DateTimeOffset now)
    {
        // One row of the key is locked, so that two processes don't count the same room twice.
        await NextAsync(transaction, day.Key);
        var hour = Hour(now);
        var sent = await transaction.GetTable<CountRow>().Where(row => row.Key == day.Key && row.Hour > hour - 25 && row.Hour <= hour).SumAsync(row => (long?)row.Messages) ?? 0;
        if (sent < day.On(now))
        {
            return day.On(now) - sent;
        }

        fullUntil[day.Key] = DateTimeOffset.FromUnixTimeSeconds((hour + 1) * 3600);
        return 0;
    }

    /// <summary>The place of the next message by the store, whose row is locked from here on.</summary>
    private async Task<long> NextAsync(DataConnection transaction, string key)
    {
        var parameter = new DataParameter("key", key, DataType.VarChar);
        var locking = database.Provider == DatabaseProvider.PostgreSql ? " FOR UPDATE" : "";
        var sql = $"SELECT next_at FROM sending_rate WHERE key = @key{locking}";
        var found = await transaction.QueryToListAsync<long>(sql, parameter);
        if (found.Count == 0)
        {
            await transaction.ExecuteAsync("INSERT INTO sending_rate (key, next_at) VALUES (@key, 0) ON CONFLICT DO NOTHING", parameter);
            found = await transaction.QueryToListAsync<long>(sql, parameter);
        }

        return found[0];
    }

    /// <summary>Where the next message's place is: not long ago, and not farther ahead than one interval, which only a clock that jumped can say.</summary>
    private static long First(RateLimit rate, long next, DateTimeOffset now)
    {
        var late = rate.Interval <= TimeSpan.FromMilliseconds(500) ? Lateness : TickLateness;
        return Math.Clamp(next, Microseconds(now - late), Microseconds(now + rate.Interval));
    }

    private static long Microseconds(TimeSpan span) => Math.Max(1, span.Ticks / TimeSpan.TicksPerMicrosecond);

    private static long Microseconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Hour(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 3600;

    [Table("sending_rate")]
    private sealed class RateRow
    {
        [Column("key"), PrimaryKey]
        public string Key { get; set; } = "";

        /// <summary>Microseconds since 1970 (UTC).</summary>
        [Column("next_at")]
        public long NextAt { get; set; }
    }

    [Table("sending_count")]
    private sealed class CountRow
    {
        [Column("key"), PrimaryKey]
        public string Key { get; set; } = "";

        /// <summary>Hours since 1970 (UTC).</summary>
        [Column("hour"), PrimaryKey]
        public long Hour { get; set; }

        [Column("messages")]
        public long Messages { get; set; }
    }
}
