using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Webhooks;

/// <summary>
/// Tells each webhook what it is to be told, each at its own pace: one that is slow or away holds up no other. Several
/// processes may do it at once; each event is sent by one of them, and again by another where that one ended before it
/// noted the answer. So who is told knows an event by its <c>webhook-id</c>.
/// </summary>
internal sealed class WebhookDesk(ConfiguredWebhooks webhooks, WebhookBook book, WebhookHttp http, RunningExchanges running, TimeProvider clock, ILogger<WebhookDesk> log)
{
    /// <summary>Exchanges at a time with one webhook, in this process.</summary>
    public const int MostAtOnce = 4;

    /// <summary>How often the old is looked for.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> failing = new(StringComparer.Ordinal);
    private readonly Lock failingLock = new();
    private DateTimeOffset nextRound = DateTimeOffset.MinValue;

    /// <summary>One tick: begins whatever is due, as far as there is room for it, and does not wait for its end.</summary>
    /// <returns>How many exchanges it began.</returns>
    public async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now >= nextRound || nextRound > now + Round)
        {
            foreach (var old in await book.ForgetAsync(cancellationToken))
            {
                log.WebhookEventTooOld(old.Webhook, old.EventId, WebhookPauses.Oldest.Days);
            }

            nextRound = now + Round;
        }

        var begun = 0;
        foreach (var webhook in webhooks.All)
        {
            var free = MostAtOnce - running.With(webhook.Name);
            foreach (var claim in free > 0 ? await book.ClaimAsync(webhook.Name, free, cancellationToken) : [])
            {
                begun++;
                // What has begun is finished, also when the program is told to stop: it takes fifteen seconds at most.
                running.Start(webhook.Name, () => TellAsync(webhook, claim));
            }
        }

        return begun;
    }

    private async Task TellAsync(Webhook webhook, WebhookDeliveryRow claim)
    {
        var email = claim.Kind == WebhookEvent.Erased ? null : await book.EmailAsync(claim.SubscriberId, CancellationToken.None);
        var answer = await http.PostAsync(webhook, WebhookMessage.Of(claim, email), CancellationToken.None);
        if (answer.IsTaken)
        {
            await book.TakenAsync(claim, answer, CancellationToken.None);
            if (HasChanged(webhook, isFailing: false))
            {
                log.WebhookWorksAgain(webhook.Name);
            }
        }
        else if (answer.IsGone)
        {
            await book.EndAsync(claim, answer, CancellationToken.None);
            log.WebhookGone(webhook.Name);
        }
        else if (WebhookPauses.After(claim.Attempts, answer.RetryAfter) is { } pause)
        {
            await book.LaterAsync(claim, answer, pause, CancellationToken.None);
            if (HasChanged(webhook, isFailing: true))
            {
                log.WebhookFailing(webhook.Name, answer.Words);
            }
        }
        else
        {
            await book.GiveUpAsync(claim, answer, CancellationToken.None);
            log.WebhookEventGivenUp(webhook.Name, claim.EventId, claim.Attempts, answer.Words);
        }
    }

    /// <summary>A webhook that is away for a day is one line, not one an event.</summary>
    private bool HasChanged(Webhook webhook, bool isFailing)
    {
        lock (failingLock)
        {
            return isFailing ? failing.Add(webhook.Name) : failing.Remove(webhook.Name);
        }
    }
}
