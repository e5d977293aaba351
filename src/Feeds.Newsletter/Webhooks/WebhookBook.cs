using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Linq;

namespace Feeds.Newsletter.Webhooks;

/// <summary>
/// What webhooks are still to be told, handed out to one process at a time. A claim that its process does not live to
/// complete is over after a minute, and nothing is written over a later claim's outcome.
/// </summary>
internal sealed class WebhookBook(Database database, TimeProvider clock)
{
    /// <summary>Much longer than an exchange can take.</summary>
    public static readonly TimeSpan ClaimDuration = TimeSpan.FromMinutes(1);

    private const int ForgottenAtOnce = 100;

    /// <summary>
    /// Has these and no others from now on; what others were still to be told is forgotten, and who had said that it is gone
    /// is told again.
    /// </summary>
    public async Task SetAsync(IReadOnlyList<Webhook> webhooks, CancellationToken cancellationToken)
    {
        if (webhooks.Count == 0 && !await database.ReadAsync(connection => connection.GetTable<WebhookRow>().AnyAsync(cancellationToken)))
        {
            return;
        }

        var names = webhooks.Select(webhook => webhook.Name).ToList();
        await database.WriteAsync(
            async transaction =>
            {
                await transaction.GetTable<WebhookDeliveryRow>().Where(row => !names.Contains(row.Webhook)).DeleteAsync(cancellationToken);
                await transaction.GetTable<WebhookRow>().Where(row => !names.Contains(row.Name)).DeleteAsync(cancellationToken);
                // In one order, for processes that start at once.
                foreach (var webhook in webhooks.OrderBy(webhook => webhook.Name, StringComparer.Ordinal))
                {
                    await transaction.ExecuteAsync(
                        "INSERT INTO webhook (name, events, given_up) VALUES (@name, @events, 0) ON CONFLICT (name) DO UPDATE SET events = excluded.events, ended_at = NULL",
                        cancellationToken,
                        new DataParameter("name", webhook.Name, DataType.NVarChar),
                        new DataParameter("events", (int)webhook.Events, DataType.Int32));
                }
            },
            cancellationToken);
    }

    /// <summary>Claims what is due longest, of each person the oldest event only: the next one waits until that is settled.</summary>
    public async Task<IReadOnlyList<WebhookDeliveryRow>> ClaimAsync(string webhook, int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await database.ReadAsync(connection => connection.GetTable<WebhookDeliveryRow>()
            .Where(row => row.Webhook == webhook && row.DueAt <= now && (row.ClaimedUntil == null || row.ClaimedUntil <= now)
                && connection.GetTable<WebhookRow>().Any(one => one.Name == row.Webhook && one.EndedAt == null)
                && !connection.GetTable<WebhookDeliveryRow>().Any(earlier => earlier.Webhook == row.Webhook && earlier.SubscriberId == row.SubscriberId && earlier.Number < row.Number))
            .OrderBy(row => row.DueAt).ThenBy(row => row.Number)
            .Take(most)
            .ToListAsync(cancellationToken));
        if (due.Count == 0)
        {
            return [];
        }

        return await database.WriteAsync(
            async transaction =>
            {
                var claimed = new List<WebhookDeliveryRow>();
                // In one order everywhere, so that two processes don't wait for each other in a circle.
                foreach (var row in due.OrderBy(row => row.Number))
                {
                    if (await Ours(transaction, row).Set(one => one.Attempts, row.Attempts + 1).Set(one => one.ClaimedUntil, now + ClaimDuration).UpdateAsync(cancellationToken) == 1)
                    {
                        claimed.Add(new WebhookDeliveryRow
                        {
                            Number = row.Number,
                            EventId = row.EventId,
                            Webhook = row.Webhook,
                            Kind = row.Kind,
                            SubscriberId = row.SubscriberId,
                            Newsletter = row.Newsletter,
                            At = row.At,
                            Source = row.Source,
                            Attempts = row.Attempts + 1,
                        });
                    }
                }

                return claimed;
            },
            cancellationToken);
    }

    /// <summary>The person's address as it is now; null of who is forgotten.</summary>
    public Task<string?> EmailAsync(long subscriberId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.Id == subscriberId).Select(row => row.Email).FirstOrDefaultAsync(cancellationToken));

    /// <summary>It has taken it.</summary>
    public Task TakenAsync(WebhookDeliveryRow claim, WebhookAnswer answer, CancellationToken cancellationToken) =>
        SettleAsync(claim, answer, row => row.DeleteAsync(cancellationToken), webhook => webhook, cancellationToken);

    /// <summary>It is told again after the pause.</summary>
    public Task LaterAsync(WebhookDeliveryRow claim, WebhookAnswer answer, TimeSpan pause, CancellationToken cancellationToken)
    {
        var later = clock.GetUtcNow() + pause;
        return SettleAsync(claim, answer, row => Release(row, later).UpdateAsync(cancellationToken), webhook => webhook, cancellationToken);
    }

    /// <summary>It is not told of it any more.</summary>
    public Task GiveUpAsync(WebhookDeliveryRow claim, WebhookAnswer answer, CancellationToken cancellationToken) =>
        SettleAsync(claim, answer, row => row.DeleteAsync(cancellationToken), webhook => webhook.Set(one => one.GivenUp, one => one.GivenUp + 1), cancellationToken);

    /// <summary>It said that it is gone: nothing is sent to it until <see cref="SetAsync"/>.</summary>
    public Task EndAsync(WebhookDeliveryRow claim, WebhookAnswer answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return SettleAsync(claim, answer, row => Release(row, now).UpdateAsync(cancellationToken), webhook => webhook.Set(one => one.EndedAt, now), cancellationToken);
    }

    /// <summary>Gives up what is older than <see cref="WebhookPauses.Oldest"/>, a hundred at most, and forgets what was written for a webhook that is none any more.</summary>
    /// <returns>What was given up.</returns>
    public async Task<IReadOnlyList<WebhookDeliveryRow>> ForgetAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var before = now - WebhookPauses.Oldest;
        var old = await database.ReadAsync(connection => connection.GetTable<WebhookDeliveryRow>()
            .Where(row => row.At <= before && (row.ClaimedUntil == null || row.ClaimedUntil <= now)).OrderBy(row => row.Number).Take(ForgottenAtOnce).ToListAsync(cancellationToken));
        var orphaned = await database.ReadAsync(connection => connection.GetTable<WebhookDeliveryRow>()
            .AnyAsync(row => !connection.GetTable<WebhookRow>().Any(webhook => webhook.Name == row.Webhook), cancellationToken));
        if (old.Count == 0 && !orphaned)
        {
            return [];
        }

        return await database.WriteAsync<IReadOnlyList<WebhookDeliveryRow>>(
            async transaction =>
            {
                var gone = new List<WebhookDeliveryRow>();
                foreach (var row in old)
                {
                    if (await Ours(transaction, row).DeleteAsync(cancellationToken) == 1)
                    {
                        gone.Add(row);
                    }
                }

                foreach (var (name, count) in gone.CountBy(row => row.Webhook, StringComparer.Ordinal).OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    await Webhook(transaction, name).Set(row => row.GivenUp, row => row.GivenUp + count).UpdateAsync(cancellationToken);
                }

                await transaction.GetTable<WebhookDeliveryRow>().Where(row => !transaction.GetTable<WebhookRow>().Any(webhook => webhook.Name == row.Webhook)).DeleteAsync(cancellationToken);
                return gone;
            },
            cancellationToken);
    }

    private static IQueryable<WebhookDeliveryRow> Ours(DataConnection transaction, WebhookDeliveryRow claim) =>
        transaction.GetTable<WebhookDeliveryRow>().Where(row => row.Number == claim.Number && row.Attempts == claim.Attempts);

    private static IQueryable<WebhookRow> Webhook(DataConnection transaction, string name) => transaction.GetTable<WebhookRow>().Where(row => row.Name == name);

    private static IUpdatable<WebhookDeliveryRow> Release(IQueryable<WebhookDeliveryRow> row, DateTimeOffset due) =>
        row.Set(one => one.ClaimedUntil, (DateTimeOffset?)null).Set(one => one.DueAt, due);

    private Task SettleAsync(
        WebhookDeliveryRow claim,
        WebhookAnswer answer,
        Func<IQueryable<WebhookDeliveryRow>, Task<int>> outcome,
        Func<IUpdatable<WebhookRow>, IUpdatable<WebhookRow>> andWebhook,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync(
            async transaction =>
            {
                if (await outcome(Ours(transaction, claim)) == 1)
                {
                    await andWebhook(Webhook(transaction, claim.Webhook).Set(row => row.LastAnswer, answer.Words).Set(row => row.AnsweredAt, now)).UpdateAsync(cancellationToken);
                }
            },
            cancellationToken);
    }
}
