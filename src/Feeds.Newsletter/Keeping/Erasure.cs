using Feeds.Mail;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter;

/// <summary>
/// Forgets people. Their rows go; the consent record stays under a number that is nobody's any more, as proof of what was
/// agreed to; the ledger and the suppression list keep a keyed hash. Mails that were written to <c>Mail:PickupFolder</c>
/// are files of the operator's, and backups are too.
/// </summary>
public sealed class Erasure
{
    private readonly Database database;
    private readonly RecipientRecords recipients;
    private readonly TimeProvider clock;

    internal Erasure(Database database, RecipientRecords recipients, TimeProvider clock) => (this.database, this.recipients, this.clock) = (database, recipients, clock);

    /// <summary>
    /// Forgets a person, durably on return and by one transaction; doing so again changes nothing. What has not begun to be sent
    /// to them ends, what is in flight finishes. No import and no operator brings them back, but they can ask anew themselves.
    /// </summary>
    /// <returns>Whether there was such a subscriber.</returns>
    public async Task<bool> EraseAsync(long subscriberId, CancellationToken cancellationToken) =>
        await EraseAsync(people => people.Where(row => row.Id == subscriberId), [subscriberId], "erase", lists: true, cancellationToken) == 1;

    /// <summary>Forgets those of the people whom the question still finds once nobody else can change them.</summary>
    /// <param name="which">The question, within the transaction.</param>
    /// <param name="ids">Whom it found before.</param>
    /// <param name="source">For the consent record.</param>
    /// <param name="lists">Whether others may not bring back even those who never confirmed anything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<int> EraseAsync(
        Func<IQueryable<SubscriberRow>, IQueryable<SubscriberRow>> which, IReadOnlyCollection<long> ids, string source, bool lists, CancellationToken cancellationToken)
    {
        var key = await recipients.KeyAsync(cancellationToken);
        var erased = await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAllAsync(database, cancellationToken);
                var people = await which(transaction.GetTable<SubscriberRow>()).Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
                foreach (var person in people)
                {
                    await EraseAsync(transaction, key, person, source, lists, cancellationToken);
                }

                return people.Count;
            },
            cancellationToken);
        if (erased > 0)
        {
            await database.ScrubAsync(cancellationToken);
        }

        return erased;
    }

    /// <summary>Within the caller's transaction, forgets who had that address and gets nothing any more, for it is to be another's.</summary>
    internal async Task MakeRoomAsync(DataConnection transaction, byte[] key, string email, long other, CancellationToken cancellationToken)
    {
        var emailKey = email.ToLowerInvariant();
        if (await transaction.GetTable<SubscriberRow>().FirstOrDefaultAsync(row => row.EmailKey == emailKey && row.Id != other, cancellationToken) is { } person)
        {
            await EraseAsync(transaction, key, person, "address", lists: false, cancellationToken);
        }
    }

    private async Task EraseAsync(DataConnection transaction, byte[] key, SubscriberRow person, string source, bool lists, CancellationToken cancellationToken)
    {
        var id = person.Id;
        var subscriptions = transaction.GetTable<SubscriptionRow>().Where(row => row.SubscriberId == id);
        // Whoever typed the address of somebody else must not keep them from being invited some day.
        var wasSubscribed = await subscriptions.AnyAsync(row => row.ConfirmedAt != null || row.State == SubscriptionState.Left, cancellationToken);
        await recipients.EraseAsync(transaction, key, await Answers.RecipientKeysAsync(transaction, id, cancellationToken), person.Email, lists || wasSubscribed, cancellationToken);
        await subscriptions.DeleteAsync(cancellationToken);
        await transaction.GetTable<JoinRequestRow>().Where(row => Sql.Lower(row.Email) == person.EmailKey).DeleteAsync(cancellationToken);
        await transaction.GetTable<UnansweredRow>().Where(row => row.SubscriberId == id).DeleteAsync(cancellationToken);
        await transaction.GetTable<WelcomeRow>().Where(row => row.SubscriberId == id).DeleteAsync(cancellationToken);
        await transaction.GetTable<AddressChangeRow>().Where(row => row.SubscriberId == id).DeleteAsync(cancellationToken);
        await transaction.GetTable<SubscriberRow>().Where(row => row.Id == id).DeleteAsync(cancellationToken);

        await ConsentRow.BlankAsync(transaction, id, person.Email, cancellationToken);
        await ConsentRow.AddAsync(transaction, id, "", clock.GetUtcNow(), ConsentKind.Erased, source, "", cancellationToken);
    }
}
