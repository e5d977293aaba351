using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Newsletter;

/// <summary>A webhook and how far it is, for lists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Site">Scheme and host of its address: the rest may be as good as a password. Null where this configuration doesn't have it.</param>
/// <param name="Events">What it is told of.</param>
/// <param name="Waiting">How many events it is still to be told of.</param>
/// <param name="WaitingSince">When the oldest of them happened.</param>
/// <param name="GivenUp">How many it was not told of in the end.</param>
/// <param name="LastAnswer">A status, or why there was none; null before the first.</param>
/// <param name="AnsweredAt">When.</param>
/// <param name="IsEnded">It said that it is gone (410), and is told again after the next start.</param>
public sealed record WebhookListing(
    string Name, string? Site, IReadOnlyList<string> Events, int Waiting, DateTimeOffset? WaitingSince, long GivenUp, string? LastAnswer, DateTimeOffset? AnsweredAt, bool IsEnded);

/// <summary>What became of a trial.</summary>
/// <param name="IsTaken">Whether the webhook took it.</param>
/// <param name="Answer">A status, or why there was none.</param>
public sealed record WebhookTrial(bool IsTaken, string Answer);

/// <summary>The webhooks, for whoever runs the program.</summary>
public sealed class WebhookList
{
    private readonly ConfiguredWebhooks webhooks;
    private readonly WebhookHttp http;
    private readonly Database database;
    private readonly TimeProvider clock;

    internal WebhookList(ConfiguredWebhooks webhooks, WebhookHttp http, Database database, TimeProvider clock) =>
        (this.webhooks, this.http, this.database, this.clock) = (webhooks, http, database, clock);

    /// <summary>Those of this configuration and those that the program last began to serve with, by name.</summary>
    public async Task<IReadOnlyList<WebhookListing>> ListAsync(CancellationToken cancellationToken)
    {
        var (rows, waiting) = await database.ReadSnapshotAsync(
            async connection =>
            (
                (await connection.GetTable<WebhookRow>().ToListAsync(cancellationToken)).ToDictionary(row => row.Name, StringComparer.Ordinal),
                (await connection.GetTable<WebhookDeliveryRow>().GroupBy(row => row.Webhook).Select(group => new { group.Key, Count = group.Count(), Since = group.Min(row => row.At) }).ToListAsync(cancellationToken))
                    .ToDictionary(group => group.Key, StringComparer.Ordinal)),
            cancellationToken);
        var known = webhooks.All.ToDictionary(webhook => webhook.Name, StringComparer.Ordinal);
        return [.. known.Keys.Union(rows.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
        {
            var (webhook, row, held) = (known.GetValueOrDefault(name), rows.GetValueOrDefault(name), waiting.GetValueOrDefault(name));
            return new WebhookListing(
                name, webhook?.Site, WebhookEvents.NamesOf(webhook?.Events ?? row!.Events), held?.Count ?? 0, held?.Since, row?.GivenUp ?? 0, row?.LastAnswer, row?.AnsweredAt, row?.EndedAt is not null);
        })];
    }

    /// <summary>Posts an event <c>webhook.test</c> that is about nobody, once and at once.</summary>
    /// <returns>What was answered; null where the configuration has no webhook of that name.</returns>
    public async Task<WebhookTrial?> TestAsync(string name, CancellationToken cancellationToken)
    {
        if (webhooks.All.FirstOrDefault(webhook => string.Equals(webhook.Name, name, StringComparison.Ordinal)) is not { } found)
        {
            return null;
        }

        var answer = await http.PostAsync(found, WebhookMessage.Test(clock.GetUtcNow()), cancellationToken);
        return new WebhookTrial(answer.IsTaken, answer.Words);
    }
}
