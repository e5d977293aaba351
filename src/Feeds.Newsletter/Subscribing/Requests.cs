using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Takes the form of <c>/subscribe</c> and what an operator vouches for.</summary>
internal sealed class Requests(
    Database database,
    CadenceStore cadences,
    ArticleStore articles,
    Outbox outbox,
    LinkTokens tokens,
    PersonalAddresses addresses,
    MailWriter writer,
    SenderIdentity sender,
    IOptions<PublicationOptions> publication,
    TimeProvider clock)
{
    /// <summary>A form causes at most one mail to an address in this time, whoever sends the form and how often.</summary>
    public static readonly TimeSpan MailPause = TimeSpan.FromHours(1);

    private const int MostCategories = 200;

    public async Task<string?> AskAsync(string? email, string? cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken)
    {
        var (refusal, address, known, choice) = await CheckAsync(email, cadence, categories, cancellationToken);
        if (refusal is not null)
        {
            return refusal.ToPerson(Phrases.Of(publication.Value.Language));
        }

        var key = await tokens.KeyAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await database.WriteAsync(
            async transaction =>
            {
                var subscriber = await SubscriberAsync(transaction, address, now, cancellationToken);
                var row = await FindAsync(transaction, subscriber.Id, known.Name, cancellationToken);
                var stored = CategoryChoice.Store(choice);
                if (row is null)
                {
                    row = New(subscriber.Id, known.Name, stored, now);
                    await transaction.InsertAsync(row, token: cancellationToken);
                }

                // Only the request that is mailed counts: an older mail's link goes on working until then.
                if (await MayMailAsync(transaction, subscriber.Id, now, cancellationToken))
                {
                    await MailAsync(transaction, subscriber, row, known, choice, stored, key, now, cancellationToken);
                }
            },
            cancellationToken);
        outbox.Announce();
        return null;
    }

    public async Task<string?> AddConfirmedAsync(string email, string cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken)
    {
        var (refusal, address, known, choice) = await CheckAsync(email, cadence, categories, cancellationToken);
        if (refusal is not null)
        {
            return refusal.ToOperator;
        }

        var now = clock.GetUtcNow();
        var stored = CategoryChoice.Store(choice);
        await database.WriteAsync(
            async transaction =>
            {
                var subscriber = await SubscriberAsync(transaction, address, now, cancellationToken);
                var row = await FindAsync(transaction, subscriber.Id, known.Name, cancellationToken);
                if (row is null)
                {
                    row = New(subscriber.Id, known.Name, stored, now);
                    await transaction.InsertAsync(row, token: cancellationToken);
                }

                row.ConfirmedAt = row.State == SubscriptionState.Confirmed ? row.ConfirmedAt : now;
                row.State = SubscriptionState.Confirmed;
                row.Categories = stored;
                row.AskedCategories = stored;
                row.AnsweredNumber = ++row.AskedNumber;
                row.LeftAt = null;
                await transaction.UpdateAsync(row, token: cancellationToken);
            },
            cancellationToken);
        return null;
    }

    private async Task<(Refusal? Refusal, string Address, Cadence Cadence, IReadOnlyList<Category> Choice)> CheckAsync(
        string? email, string? cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken)
    {
        if (MailAddressSyntax.Normalize(email, out var reason) is not { } address)
        {
            return (new Refusal(words => words.AddressRefused, $"Nobody can be written to at this address: {reason}"), "", null!, []);
        }

        if (cadence is null || await cadences.FindAsync(cadence, cancellationToken) is not { } known)
        {
            var names = (await cadences.ListAsync(cancellationToken)).Select(one => one.Name);
            return (new Refusal(words => words.CadenceUnknown, $"There is no such cadence. There are: {string.Join(", ", names)}."), "", null!, []);
        }

        if (categories.Count == 0)
        {
            return (null, address, known, []);
        }

        var offered = (await articles.CategoriesAsync(cancellationToken)).Select(state => state.Category).Where(known.IsAbout).ToList();
        var choice = offered.Where(category => categories.Any(category.HasSlug)).ToList();
        return categories.Count <= MostCategories && categories.All(slug => choice.Exists(category => category.HasSlug(slug)))
            ? (null, address, known, choice)
            : (new Refusal(words => words.CategoryUnknown, $"{known.Name} has no such category. It has: {string.Join(", ", offered.Select(category => category.Slug))}."), "", null!, []);
    }

    private async Task MailAsync(
        DataConnection transaction, SubscriberRow subscriber, SubscriptionRow row, Cadence cadence, IReadOnlyList<Category> choice, string stored, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subscribed = row.State == SubscriptionState.Confirmed;
        var changes = !subscribed || !string.Equals(row.Categories, stored, StringComparison.Ordinal);
        row.State = subscribed ? SubscriptionState.Confirmed : SubscriptionState.Unconfirmed;
        row.AskedCategories = stored;
        row.AskedNumber++;
        row.AnsweredNumber = changes ? row.AnsweredNumber : row.AskedNumber;
        row.AskedAt = now;
        await transaction.UpdateAsync(row, token: cancellationToken);

        var content = await writer.ConfirmationAsync(cadence, [.. choice.Select(category => category.Name)], subscribed, changes);
        var mailing = $"confirm:{subscriber.Id}:{cadence.Name}:{row.AskedNumber}";
        var recipient = new MailRecipient(
            $"c{subscriber.Id}.{cadence.Name}",
            subscriber.Email,
            $"confirm.{LinkTokens.Digest(key, mailing)}@{sender.Domain}",
            null,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [MailWriter.Confirm] = addresses.Confirm(key, subscriber.Id, cadence.Name, row.AskedNumber),
                [MailWriter.Unsubscribe] = addresses.Unsubscribe(key, subscriber.Id, cadence.Name),
            });
        await outbox.AddAsync(transaction, new Mailing(mailing, now, publication.Value.Language, null, [new MailingPart(content, [recipient])]) { FromName = sender.Publication }, cancellationToken);
    }

    private static async Task<SubscriberRow> SubscriberAsync(DataConnection transaction, string address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = address.ToLowerInvariant();
        await transaction.ExecuteAsync(
            "INSERT INTO subscriber (email, email_key, created_at) VALUES (@email, @key, @now) ON CONFLICT (email_key) DO NOTHING",
            cancellationToken,
            new DataParameter("email", address, DataType.NVarChar),
            new DataParameter("key", key, DataType.NVarChar),
            new DataParameter("now", now.ToUnixTimeMilliseconds(), DataType.Int64));
        // Locks the row on PostgreSQL, so that two requests for one person come one after the other.
        await transaction.GetTable<SubscriberRow>().Where(row => row.EmailKey == key).Set(row => row.EmailKey, key).UpdateAsync(cancellationToken);
        return await transaction.GetTable<SubscriberRow>().FirstAsync(row => row.EmailKey == key, cancellationToken);
    }

    private static Task<SubscriptionRow?> FindAsync(DataConnection transaction, long subscriberId, string cadence, CancellationToken cancellationToken) =>
        transaction.GetTable<SubscriptionRow>().FirstOrDefaultAsync(row => row.SubscriberId == subscriberId && row.Cadence == cadence, cancellationToken);

    private static SubscriptionRow New(long subscriberId, string cadence, string categories, DateTimeOffset now) => new()
    {
        SubscriberId = subscriberId,
        Cadence = cadence,
        Categories = categories,
        AskedCategories = categories,
        AskedAt = now,
    };

    private static async Task<bool> MayMailAsync(DataConnection transaction, long subscriberId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - MailPause;
        return await transaction.GetTable<SubscriberRow>()
            .Where(row => row.Id == subscriberId && (row.MailedAt == null || row.MailedAt <= before))
            .Set(row => row.MailedAt, now)
            .UpdateAsync(cancellationToken) == 1;
    }

    /// <summary>Why a request can't be taken: in the publication's language for a visitor, in English with the mend for a shell.</summary>
    private sealed record Refusal(Func<Phrases, string> ToPerson, string ToOperator);
}
