using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Joining;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Takes the form of <c>/subscribe</c> and what an operator vouches for.</summary>
internal sealed class Requests(
    Database database,
    CadenceStore cadences,
    ArticleStore articles,
    LinkTokens tokens,
    ConfirmationMails mails,
    RecipientRecords recipients,
    TimeProvider clock)
{
    private const int MostCategories = 200;

    /// <summary>Reads what <see cref="MailAsync"/> needs, and writes it where there is none: within a transaction it is too late.</summary>
    public Task<byte[]> KeyAsync(CancellationToken cancellationToken) => tokens.KeyAsync(cancellationToken);

    /// <summary>Within the caller's transaction, asks a person by mail to confirm; from now on only that mail's link counts.</summary>
    public async Task MailAsync(DataConnection transaction, string email, JoinWish wish, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await cadences.FindAsync(wish.Cadence, cancellationToken) is not { } cadence)
        {
            return;
        }

        await transaction.TakeAsync(database, cadence.Newsletter, cancellationToken);
        var subscriber = await SubscriberAsync(transaction, email, now, cancellationToken);
        var row = await FindAsync(transaction, subscriber.Id, cadence.Newsletter, cancellationToken);
        var asked = await AskedAsync(transaction, row, cadence, wish.Categories, cancellationToken);
        row ??= await AddAsync(transaction, subscriber.Id, cadence.Newsletter, asked, now, cancellationToken);
        var subscribed = row.State == SubscriptionState.Confirmed;
        var changes = !subscribed
            || asked != new AskedFor(row.Cadence, new SendTime(row.SendZone, row.SendHour), asked.Choice)
            || row.ChoiceId != await asked.Choice.StoreAsync(transaction, cancellationToken);
        row.State = subscribed ? SubscriptionState.Confirmed : SubscriptionState.Unconfirmed;
        row.Asked = asked.Write();
        row.AskedNumber++;
        row.AnsweredNumber = changes ? row.AnsweredNumber : row.AskedNumber;
        row.AskedAt = now;
        row.AskedPosition = await PositionAsync(transaction, cadence.Name, cancellationToken);
        await transaction.UpdateAsync(row, token: cancellationToken);
        await ConsentRow.AddAsync(transaction, subscriber.Id, row.Newsletter, now, ConsentKind.Asked, "form", row.Asked, cancellationToken);
        if (!subscribed)
        {
            await Unanswered.ExpectAsync(transaction, row, now, cancellationToken);
        }

        await mails.AddAsync(transaction, subscriber, row, cadence, changes, again: false, key, now, cancellationToken);
    }

    /// <summary>Adds or changes a subscription that an operator vouches for; not of somebody who was erased.</summary>
    /// <returns>The subscriber's number, or why not.</returns>
    public async Task<(Refusal? Refusal, long SubscriberId)> AddConfirmedAsync(string? email, string? cadence, IReadOnlyList<string> categories, string source, CancellationToken cancellationToken)
    {
        var (refusal, address, known, choice) = await CheckAsync(email, cadence, categories, cadences.FindAsync, cancellationToken);
        if (refusal is not null)
        {
            return (refusal, 0);
        }

        var key = await recipients.KeyAsync(cancellationToken);
        if ((await database.ReadAsync(connection => RecipientRecords.ErasedAsync(connection, key, [address], cancellationToken))).Count > 0)
        {
            return (new Refusal(
                words => words.AddressRefused, "This person was erased, and comes back by their own wish: by the form at /subscribe. If they asked you for it, feeds suppression remove lifts it.", IsErased: true), 0);
        }

        var now = clock.GetUtcNow();
        return (null, await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, known.Newsletter, cancellationToken);
                var subscriber = await SubscriberAsync(transaction, address, now, cancellationToken);
                var row = await FindAsync(transaction, subscriber.Id, known.Newsletter, cancellationToken);
                var asked = await AskedAsync(transaction, row, known, CategoryChoice.FirstSlugs(choice), cancellationToken);
                row ??= await AddAsync(transaction, subscriber.Id, known.Newsletter, asked, now, cancellationToken);
                row.Asked = asked.Write();
                row.AskedNumber++;
                row.AskedPosition = await PositionAsync(transaction, known.Name, cancellationToken);
                await Answers.TakeForceAsync(transaction, row, now, source, cancellationToken);
                return subscriber.Id;
            },
            cancellationToken));
    }

    /// <summary>The words of a request: no look at who is known.</summary>
    public Task<(Refusal? Refusal, string Address, Cadence Cadence, IReadOnlyList<Category> Choice)> CheckAsync(
        string? email, string? cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) => CheckAsync(email, cadence, categories, cadences.FindOpenAsync, cancellationToken);

    private async Task<(Refusal? Refusal, string Address, Cadence Cadence, IReadOnlyList<Category> Choice)> CheckAsync(
        string? email, string? cadence, IReadOnlyList<string> categories, Func<string, CancellationToken, Task<Cadence?>> find, CancellationToken cancellationToken)
    {
        if (MailAddressSyntax.Normalize(email, out var reason) is not { } address)
        {
            return (new Refusal(words => words.AddressRefused, $"Nobody can be written to at this address: {reason}"), "", null!, []);
        }

        if (cadence is null || await find(cadence, cancellationToken) is not { } known)
        {
            var names = (await cadences.ListAsync(cancellationToken)).Select(one => one.Name);
            return (new Refusal(words => words.CadenceUnknown, $"There is no such cadence. There are: {string.Join(", ", names)}.", IsUnknown: true), "", null!, []);
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

    private static Task<SubscriptionRow?> FindAsync(DataConnection transaction, long subscriberId, string newsletter, CancellationToken cancellationToken) =>
        transaction.GetTable<SubscriptionRow>().FirstOrDefaultAsync(row => row.SubscriberId == subscriberId && row.Newsletter == newsletter, cancellationToken);

    /// <summary>What a form or a command asks for: it knows of cadence and categories, and the rest stays as the person has it.</summary>
    private static async Task<AskedFor> AskedAsync(DataConnection transaction, SubscriptionRow? row, Cadence cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken)
    {
        var before = row is null ? Choice.Everything : Choice.Read(await transaction.GetTable<ChoiceRow>().Where(choice => choice.Id == row.ChoiceId).Select(choice => choice.Text).SingleAsync(cancellationToken));
        return new AskedFor(cadence.Name, row is null ? SendTime.OfCadence : new SendTime(row.SendZone, row.SendHour), before with { Categories = categories });
    }

    public static async Task<SubscriptionRow> AddAsync(
        DataConnection transaction, long subscriberId, string newsletter, AskedFor asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = new SubscriptionRow
        {
            SubscriberId = subscriberId,
            Newsletter = newsletter,
            Cadence = asked.Cadence,
            ChoiceId = await asked.Choice.StoreAsync(transaction, cancellationToken),
            SendZone = asked.Time.Zone,
            SendHour = asked.Time.Hour,
            Asked = asked.Write(),
            AskedAt = now,
        };
        await transaction.InsertAsync(row, token: cancellationToken);
        return row;
    }

    public static Task<long> PositionAsync(DataConnection transaction, string cadence, CancellationToken cancellationToken) =>
        transaction.GetTable<CadenceRow>().Where(row => row.Name == cadence).Select(row => row.LastSequence).SingleAsync(cancellationToken);
}
