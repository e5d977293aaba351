using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>Asks a subscriber of whom there was no sign for long whether they still want it, and takes the answer.</summary>
public sealed class StillWanted
{
    private readonly Database database;
    private readonly Outbox outbox;
    private readonly LinkTokens tokens;
    private readonly PersonalAddresses addresses;
    private readonly MailWriter writer;
    private readonly SenderIdentity sender;
    private readonly IOptions<PublicationOptions> publication;
    private readonly IOptions<NewsletterOptions> options;
    private readonly TimeProvider clock;

    internal StillWanted(
        Database database,
        Outbox outbox,
        LinkTokens tokens,
        PersonalAddresses addresses,
        MailWriter writer,
        SenderIdentity sender,
        IOptions<PublicationOptions> publication,
        IOptions<NewsletterOptions> options,
        TimeProvider clock)
    {
        (this.database, this.outbox, this.tokens, this.addresses, this.writer) = (database, outbox, tokens, addresses, writer);
        (this.sender, this.publication, this.options, this.clock) = (sender, publication, options, clock);
    }

    /// <summary>What the link's token is about, or null where it is none of ours or the person is not known any more. Changes nothing.</summary>
    public async Task<PersonalLink?> FindAsync(string token, CancellationToken cancellationToken) =>
        await ReadAsync(token, cancellationToken) is { } id ? await database.ReadSnapshotAsync(connection => DescribeAsync(connection, id, cancellationToken), cancellationToken) : null;

    /// <summary>The person still wants it; saying so again changes nothing.</summary>
    public async Task<PersonalLink?> KeepAsync(string token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(token, cancellationToken) is not { } id)
        {
            return null;
        }

        return await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAllAsync(database, cancellationToken);
                if (await transaction.GetTable<SubscriberRow>().AnyAsync(row => row.Id == id && row.AskedAgainAt != null, cancellationToken))
                {
                    await ConsentRow.AddAsync(transaction, id, "", clock.GetUtcNow(), ConsentKind.Kept, "keep", "", cancellationToken);
                }

                return await DescribeAsync(transaction, id, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Asks by mail if the question still finds the person.</summary>
    internal async Task<bool> AskAsync(long id, Func<IQueryable<SubscriberRow>, IQueryable<SubscriberRow>> which, CancellationToken cancellationToken)
    {
        var key = await tokens.KeyAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var asked = await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAllAsync(database, cancellationToken);
                if (await which(transaction.GetTable<SubscriberRow>()).FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } person)
                {
                    return false;
                }

                await transaction.GetTable<SubscriberRow>().Where(row => row.Id == id).Set(row => row.AskedAgainAt, now).UpdateAsync(cancellationToken);
                await MailAsync(transaction, person, key, now, cancellationToken);
                return true;
            },
            cancellationToken);
        outbox.Announce();
        return asked;
    }

    /// <summary>
    /// Who has not answered a question of then or before. One that has not gone out since is taken back, to be asked anew with
    /// another day to answer by: nobody is forgotten for want of a server.
    /// </summary>
    /// <param name="askedBy">When they were asked at the latest.</param>
    /// <param name="count">How many are looked at, at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<IReadOnlyList<long>> UnansweredAsync(DateTimeOffset askedBy, int count, CancellationToken cancellationToken)
    {
        var people = await database.ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.AskedAgainAt <= askedBy).OrderBy(row => row.Id).Take(count).ToListAsync(cancellationToken));
        var sent = await outbox.CountAsync([.. people.Select(Question)], cancellationToken);
        var waiting = people.FindAll(person => sent.TryGetValue(Question(person), out var counts) && counts.Open > 0);
        if (waiting.Count > 0)
        {
            await database.WriteAsync(transaction => TakeBackAsync(transaction, waiting, cancellationToken), cancellationToken);
        }

        return [.. people.Except(waiting).Select(person => person.Id)];
    }

    private async Task TakeBackAsync(DataConnection transaction, IReadOnlyList<SubscriberRow> people, CancellationToken cancellationToken)
    {
        foreach (var person in people)
        {
            await outbox.CancelAsync(transaction, Question(person), cancellationToken);
            // Who answered meanwhile has answered.
            await transaction.GetTable<SubscriberRow>().Where(row => row.Id == person.Id && row.AskedAgainAt == person.AskedAgainAt).Set(row => row.AskedAgainAt, (DateTimeOffset?)null).UpdateAsync(cancellationToken);
        }
    }

    private static string Question(SubscriberRow person) => MailingKey(person.Id, person.AskedAgainAt!.Value);

    private static string MailingKey(long id, DateTimeOffset askedAt) => string.Create(CultureInfo.InvariantCulture, $"still:{id}:{askedAt.ToUnixTimeMilliseconds()}");

    private async Task MailAsync(DataConnection transaction, SubscriberRow person, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var newsletters = await NewslettersAsync(transaction, person.Id, cancellationToken);
        var retention = options.Value.Retention;
        var content = await writer.StillWantedAsync([.. newsletters.Select(newsletter => newsletter.Title)], retention.InactiveMonths, now.AddDays(retention.AnswerDays));
        var mailing = MailingKey(person.Id, now);
        var recipient = new MailRecipient(
            Answers.AskedKey(person.Id, newsletters[0].Name),
            person.Email,
            $"still.{LinkTokens.Digest(key, mailing)}@{sender.Domain}",
            null,
            new Dictionary<string, string>(StringComparer.Ordinal) { [MailWriter.Confirm] = addresses.Keep(key, person.Id) });
        await outbox.AddAsync(transaction, new Mailing(mailing, now, publication.Value.Language, null, [new MailingPart(content, [recipient])]) { FromName = sender.Publication }, cancellationToken);
    }

    private async Task<long?> ReadAsync(string token, CancellationToken cancellationToken) =>
        LinkTokens.Read(await tokens.KeyAsync(cancellationToken), LinkPurpose.Keep, token)?.SubscriberId;

    private static async Task<PersonalLink?> DescribeAsync(DataConnection connection, long id, CancellationToken cancellationToken)
    {
        var newsletters = await NewslettersAsync(connection, id, cancellationToken);
        return newsletters.Count > 0 && await connection.GetTable<SubscriberRow>().Where(row => row.Id == id).Select(row => row.Email).FirstOrDefaultAsync(cancellationToken) is { } email
            ? new PersonalLink(Answers.Mask(email), newsletters[0].Title, SubscriptionState.Confirmed, [.. newsletters.Skip(1).Select(newsletter => newsletter.Title)], CanReturn: false)
            : null;
    }

    private static async Task<IReadOnlyList<NewsletterRow>> NewslettersAsync(DataConnection connection, long id, CancellationToken cancellationToken) => [.. (await (
        from row in connection.GetTable<SubscriptionRow>()
        join newsletter in connection.GetTable<NewsletterRow>() on row.Newsletter equals newsletter.Name
        where row.SubscriberId == id && row.State == SubscriptionState.Confirmed
        select newsletter).ToListAsync(cancellationToken)).OrderBy(newsletter => newsletter.Name, StringComparer.Ordinal)];
}
