using System.Runtime.CompilerServices;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Making;

/// <summary>Everybody who is subscribed to a cadence now, with what an edition's mail to them needs; a page at a time, since there may be a million.</summary>
internal sealed class Audience(PersonalAddresses addresses, SenderIdentity sender)
{
    private const int PageSize = 5_000;

    /// <param name="transaction">The caller's; between two pages it may write over it.</param>
    /// <param name="cadence">Its name.</param>
    /// <param name="cohorts">What each choice of categories gets.</param>
    /// <param name="slot">Of the edition.</param>
    /// <param name="key">Of <see cref="LinkTokens"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AudienceChangedException">Somebody's choice has no cohort.</exception>
    public async IAsyncEnumerable<RecipientPage> ReadAsync(
        DataConnection transaction, string cadence, Cohorts cohorts, DateTimeOffset slot, byte[] key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = long.MinValue;
        while (true)
        {
            var after = last;
            var page = await (
                from row in transaction.GetTable<SubscriptionRow>()
                join subscriber in transaction.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                where row.Cadence == cadence && row.State == SubscriptionState.Confirmed && row.SubscriberId > after
                orderby row.SubscriberId
                select new { row.SubscriberId, row.Categories, subscriber.Email }).Take(PageSize).ToListAsync(cancellationToken);
            var parts = page.GroupBy(
                person => cohorts.TryFind(person.Categories, out var cohort) ? cohort?.Part : throw new AudienceChangedException(),
                person => Recipient(key, cadence, slot, person.SubscriberId, person.Email));
            foreach (var part in parts)
            {
                // Who has nothing new gets nothing.
                if (part.Key is { } number)
                {
                    yield return new RecipientPage(number, [.. part]);
                }
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            last = page[^1].SubscriberId;
        }
    }

    private MailRecipient Recipient(byte[] key, string cadence, DateTimeOffset slot, long subscriberId, string email)
    {
        var leave = addresses.Unsubscribe(key, subscriberId, cadence);
        return new MailRecipient(
            Answers.RecipientKey(subscriberId, cadence),
            email,
            $"{LinkTokens.MessageName(key, cadence, slot, subscriberId)}@{sender.Domain}",
            leave,
            new Dictionary<string, string>(StringComparer.Ordinal) { [MailWriter.Unsubscribe] = leave });
    }
}

/// <summary>Somebody chose other categories after the edition was rendered: what is stored of it has to go, and it is to be made anew.</summary>
internal sealed class AudienceChangedException : Exception;
