using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>Reminds once, a day after the mail, who asked and didn't answer, and forgets them when their link has ended.</summary>
internal sealed class Unanswered(
    Database database, CadenceStore cadences, ConfirmationMails mails, LinkTokens tokens, JoinForms forms, Outbox outbox, IOptions<NewsletterOptions> options)
{
    /// <summary>After the mail; as long as an address is left in peace at least.</summary>
    public static readonly TimeSpan ReminderAfter = BudgetBook.AddressPause;

    private const int AtOnce = 200;

    /// <summary>Within the transaction that mails a request: from now on it is waited for its answer.</summary>
    public static Task ExpectAsync(DataConnection transaction, SubscriptionRow asked, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.InsertOrReplaceAsync(
            new UnansweredRow
            {
                SubscriberId = asked.SubscriberId,
                Newsletter = asked.Newsletter,
                AskedNumber = asked.AskedNumber,
                RemindAt = now + ReminderAfter,
                ForgetAt = now + Answers.ConfirmationLife,
            },
            token: cancellationToken);

    public async Task StepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Neither may have to be made within a transaction.
        var (secret, key) = (await forms.SecretAsync(cancellationToken), await tokens.KeyAsync(cancellationToken));
        var reminded = 0;
        foreach (var row in await DueAsync(rows => rows.Where(row => row.RemindAt <= now).OrderBy(row => row.RemindAt), cancellationToken))
        {
            reminded += await database.WriteAsync(transaction => RemindAsync(transaction, row, secret, key, now, cancellationToken), cancellationToken) ? 1 : 0;
        }

        if (reminded > 0)
        {
            outbox.Announce();
        }

        foreach (var row in await DueAsync(rows => rows.Where(row => row.ForgetAt <= now).OrderBy(row => row.ForgetAt), cancellationToken))
        {
            await database.WriteAsync(transaction => ForgetAsync(transaction, row, now, cancellationToken), cancellationToken);
        }
    }

    private Task<List<UnansweredRow>> DueAsync(Func<IQueryable<UnansweredRow>, IQueryable<UnansweredRow>> due, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => due(connection.GetTable<UnansweredRow>()).Take(AtOnce).ToListAsync(cancellationToken));

    private async Task<bool> RemindAsync(DataConnection transaction, UnansweredRow unanswered, byte[] secret, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of several processes one gets it; a newer request has a reminder of its own.
        var isOurs = await Same(transaction, unanswered).Where(row => row.RemindAt != null).Set(row => row.RemindAt, (DateTimeOffset?)null).UpdateAsync(cancellationToken) == 1;
        if (!isOurs || await FindAsync(transaction, unanswered, cancellationToken) is not var (subscriber, subscription)
            || await cadences.FindAsync(AskedFor.Read(subscription.Asked).Cadence, cancellationToken) is not { } cadence)
        {
            return false;
        }

        var keys = JoinKeys.Of(secret, subscriber.Email, null);
        var book = await BudgetBook.OpenAsync(transaction, database, options.Value.Join, [keys], now, cancellationToken);
        if (book.HasMailed(keys))
        {
            // Somebody asked for that address a moment ago: its mail says the same.
            return false;
        }

        book.DrawAddress(keys.Address);
        await book.CloseAsync(transaction, cancellationToken);
        await mails.AddAsync(transaction, subscriber, subscription, cadence, changes: true, again: true, key, now, cancellationToken);
        return true;
    }

    private async Task ForgetAsync(DataConnection transaction, UnansweredRow unanswered, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // First, for whoever writes about that person waits for it on PostgreSQL.
        await transaction.GetTable<SubscriberRow>().Where(row => row.Id == unanswered.SubscriberId).Set(row => row.EmailKey, row => row.EmailKey).UpdateAsync(cancellationToken);
        if (await Same(transaction, unanswered).DeleteAsync(cancellationToken) == 0 || await FindAsync(transaction, unanswered, cancellationToken) is not var (subscriber, subscription))
        {
            return;
        }

        // No consent is recorded of what was never agreed to, but whoever was told that they joined is told of this too.
        await WebhookEvents.AddAsync(transaction, WebhookEvent.Left, subscriber.Id, subscription.Newsletter, now, WebhookEvents.Expired, cancellationToken);
        if (subscription.ConfirmedAt is not null)
        {
            // Had it once, and left: that is remembered.
            subscription.State = SubscriptionState.Left;
            subscription.AnsweredNumber = subscription.AskedNumber;
            await transaction.UpdateAsync(subscription, token: cancellationToken);
            return;
        }

        await outbox.ForgetAsync(transaction, Answers.AskedKey(subscriber.Id, subscription.Newsletter), cancellationToken);
        await transaction.DeleteAsync(subscription, token: cancellationToken);
        if (!await transaction.GetTable<SubscriptionRow>().AnyAsync(row => row.SubscriberId == subscriber.Id, cancellationToken))
        {
            await transaction.DeleteAsync(subscriber, token: cancellationToken);
            await WebhookEvents.AddAsync(transaction, WebhookEvent.Erased, subscriber.Id, "", now, WebhookEvents.Expired, cancellationToken);
        }
    }

    private static async Task<(SubscriberRow Subscriber, SubscriptionRow Subscription)?> FindAsync(DataConnection transaction, UnansweredRow unanswered, CancellationToken cancellationToken)
    {
        var found = await (
            from row in transaction.GetTable<SubscriptionRow>()
            join subscriber in transaction.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
            where row.SubscriberId == unanswered.SubscriberId && row.Newsletter == unanswered.Newsletter && row.State == SubscriptionState.Unconfirmed && row.AskedNumber == unanswered.AskedNumber
            select new { Subscriber = subscriber, Subscription = row }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : (found.Subscriber, found.Subscription);
    }

    private static IQueryable<UnansweredRow> Same(DataConnection transaction, UnansweredRow unanswered) =>
        transaction.GetTable<UnansweredRow>().Where(row =>
            row.SubscriberId == unanswered.SubscriberId && row.Newsletter == unanswered.Newsletter && row.AskedNumber == unanswered.AskedNumber);
}
