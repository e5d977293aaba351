using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Syndication.Hub;

/// <summary>Whether there is room for another wish.</summary>
internal enum Room
{
    Enough,
    NoneForHost,
    None,
}

/// <summary>Who subscribed to what, durable: what strangers ask for and what the publication's changes make due.</summary>
internal sealed class SubscriptionBook(Database database, TimeProvider clock)
{
    /// <summary>Subscriptions in all, unconfirmed ones included.</summary>
    public const int Most = 10_000;

    /// <summary>At one host: a reader of many people has one for each feed.</summary>
    public const int MostAtHost = 1000;

    /// <summary>Unconfirmed wishes in all.</summary>
    public const int MostAsked = 1000;

    /// <summary>Unconfirmed wishes at one host: nobody's server is to be knocked at more often in a stranger's name.</summary>
    public const int MostAskedAtHost = 200;

    private const int TopicsAtOnce = 500;

    /// <summary>Notes the wish for a subscription, new or renewed; a newer wish takes the place of an older one.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="path">Of the topic.</param>
    /// <param name="etag">Of what the topic is now: what changes from here on is pushed once the wish is confirmed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Room> AskAsync(Wish wish, string path, string etag, CancellationToken cancellationToken)
    {
        var key = Wish.Key(wish.Callback.Text, path);
        var now = clock.GetUtcNow();
        var lease = (int)wish.Lease.TotalSeconds;
        return database.WriteAsync(
            async connection =>
            {
                var table = connection.GetTable<SubscriptionRow>();
                var room = await RoomAsync(table, key, wish.Callback.Host, cancellationToken);
                if (room == Room.Enough)
                {
                    await table.InsertOrUpdateAsync(
                        () => new SubscriptionRow
                        {
                            Key = key,
                            Topic = path,
                            Callback = wish.Callback.Text,
                            Host = wish.Callback.Host,
                            ETag = etag,
                            AskedMode = HubMode.Subscribe,
                            AskedLease = lease,
                            AskedSecret = wish.Secret,
                            Asks = 1,
                            NextAttemptAt = now,
                        },
                        row => new SubscriptionRow
                        {
                            AskedMode = HubMode.Subscribe,
                            AskedLease = lease,
                            AskedSecret = wish.Secret,
                            Asks = row.Asks + 1,
                            AskFailures = 0,
                            NextAttemptAt = now,
                        },
                        () => new SubscriptionRow { Key = key },
                        cancellationToken);
                }

                return room;
            },
            cancellationToken);
    }

    /// <summary>Notes the wish to end a subscription.</summary>
    /// <returns>Whether there is such a subscription.</returns>
    public Task<bool> AskForEndAsync(Wish wish, string path, CancellationToken cancellationToken)
    {
        var key = Wish.Key(wish.Callback.Text, path);
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            async connection => await connection.GetTable<SubscriptionRow>()
                .Where(row => row.Key == key)
                .Set(row => row.AskedMode, HubMode.Unsubscribe)
                .Set(row => row.Asks, row => row.Asks + 1)
                .Set(row => row.AskFailures, 0)
                .Set(row => row.NextAttemptAt, now)
                .UpdateAsync(cancellationToken) == 1,
            cancellationToken);
    }

    /// <summary>
    /// Makes the subscriptions to these topics due. One that waits because its last push failed goes on waiting, and then
    /// gets what is new at that time.
    /// </summary>
    public async Task MarkAsync(IReadOnlyList<string> topics, long change, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var some in topics.Chunk(TopicsAtOnce))
        {
            await database.WriteAsync(
                connection => connection.GetTable<SubscriptionRow>()
                    .Where(row => some.Contains(row.Topic) && row.Marked < change)
                    .Set(row => row.Marked, change)
                    .Set(row => row.NextAttemptAt, row => row.NextAttemptAt ?? now)
                    .UpdateAsync(cancellationToken),
                cancellationToken);
        }
    }

    /// <summary>Whether there is a subscription, agreed on or asked for.</summary>
    public Task<bool> HasAnyAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.GetTable<SubscriptionRow>().AnyAsync(cancellationToken));

    /// <summary>Removes subscriptions whose lease is over.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Readers don't wait for each other; a writer only comes where there is something to write.
        return await database.ReadAsync(connection => Expired(connection).AnyAsync(cancellationToken))
            ? await database.WriteAsync(connection => Expired(connection).DeleteAsync(cancellationToken), cancellationToken)
            : 0;

        IQueryable<SubscriptionRow> Expired(DataConnection connection) =>
            connection.GetTable<SubscriptionRow>().Where(row => row.ExpiresAt <= now && row.AskedMode == null);
    }

    private static async Task<Room> RoomAsync(IQueryable<SubscriptionRow> table, string key, string host, CancellationToken cancellationToken)
    {
        var found = await table.Where(row => row.Key == key).Select(row => new { IsAsked = row.AskedMode != null }).FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            if (await table.CountAsync(cancellationToken) >= Most)
            {
                return Room.None;
            }

            if (await table.CountAsync(row => row.Host == host, cancellationToken) >= MostAtHost)
            {
                return Room.NoneForHost;
            }
        }

        if (found is { IsAsked: true })
        {
            return Room.Enough;
        }

        return await table.CountAsync(row => row.AskedMode != null, cancellationToken) >= MostAsked ? Room.None
            : await table.CountAsync(row => row.Host == host && row.AskedMode != null, cancellationToken) >= MostAskedAtHost ? Room.NoneForHost
            : Room.Enough;
    }
}
