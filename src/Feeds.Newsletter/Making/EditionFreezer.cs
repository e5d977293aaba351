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

namespace Feeds.Newsletter.Making;

/// <summary>Writes an edition and its audience into the store in one transaction, and moves the cadence's cut with it.</summary>
internal sealed class EditionFreezer(
    Database database,
    ArticleStore articles,
    Outbox outbox,
    LinkTokens tokens,
    PersonalAddresses addresses,
    SenderIdentity sender,
    IOptions<PublicationOptions> publication,
    TimeProvider clock)
{
    /// <summary>Records that too little was new; the cut stays, so the articles wait for the next slot.</summary>
    public Task<(EditionRow Row, bool MadeNow)> SkipAsync(Cut cut, DateTimeOffset slot, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, cut.Cadence.Name, cancellationToken);
                if (await FindAsync(transaction, cut.Cadence.Name, slot, cancellationToken) is { } existing)
                {
                    return (existing, false);
                }

                var row = Row(cut, slot, null, skipped: true);
                await transaction.InsertAsync(row, token: cancellationToken);
                return (row, true);
            },
            cancellationToken);

    /// <summary>Freezes; null where cadence, cut, an article's being public or somebody's choice changed since they were read: read them again.</summary>
    public async Task<(EditionRow Row, bool MadeNow)?> FreezeAsync(Cut cut, Cohorts cohorts, DateTimeOffset slot, CancellationToken cancellationToken)
    {
        var secret = await tokens.KeyAsync(cancellationToken);
        var frozen = await database.WriteAsync<(EditionRow, bool)?>(
            async transaction =>
            {
                await transaction.TakeAsync(database, cut.Cadence.Name, cancellationToken);
                if (await FindAsync(transaction, cut.Cadence.Name, slot, cancellationToken) is { } existing)
                {
                    return (existing, false);
                }

                var unchanged = await transaction.GetTable<CadenceRow>().AnyAsync(
                    stored => stored.Name == cut.Cadence.Name && stored.LastSequence == cut.From && stored.Revision == cut.Cadence.Revision, cancellationToken);
                if (!unchanged || await LostOneAsync(cut, cancellationToken) || await PartsAsync(transaction, cut, cohorts, slot, secret, cancellationToken) is not { } parts)
                {
                    return null;
                }

                var row = Row(cut, slot, parts.Count > 0 ? MailingKey(cut.Cadence.Name, slot) : null, skipped: false);
                row.Id = await transaction.InsertWithInt64IdentityAsync(row, token: cancellationToken);
                if (row.MailingKey is { } key)
                {
                    var list = new ListId(cut.Cadence.Title, $"{cut.Cadence.Name}.{sender.Domain}");
                    var mailing = new Mailing(key, row.MadeAt, publication.Value.Language, list, [.. parts.Select(part => new MailingPart(part.Cohort.Content, part.Recipients))]) { FromName = sender.Publication };
                    var contents = await outbox.AddAsync(transaction, mailing, cancellationToken);
                    await OpenAsync(transaction, row.Id, cut, cohorts, [.. parts.Select(part => part.Cohort).Zip(contents)], cancellationToken);
                }

                await transaction.GetTable<CadenceRow>().Where(stored => stored.Name == cut.Cadence.Name).Set(stored => stored.LastSequence, cut.To).UpdateAsync(cancellationToken);
                return (row, true);
            },
            cancellationToken);
        outbox.Announce();
        return frozen;
    }

    /// <summary>Whether an article was withdrawn since the cut. One that is withdrawn from here on is taken out by <see cref="EditionRevision"/>.</summary>
    private async Task<bool> LostOneAsync(Cut cut, CancellationToken cancellationToken) =>
        (await articles.StateAsync(cancellationToken)).ChangedIn != cut.Change
        && (await articles.HiddenAsync(cut.From, cut.To, cancellationToken)).Intersect(cut.Articles.Select(article => article.Sequence)).Any();

    /// <summary>Notes what <see cref="EditionRevision"/> has to know while something of the edition may still go out.</summary>
    private static async Task OpenAsync(
        DataConnection transaction, long editionId, Cut cut, Cohorts cohorts, IReadOnlyList<(Cohort Cohort, long ContentId)> contents, CancellationToken cancellationToken)
    {
        var options = new BulkCopyOptions { BulkCopyType = BulkCopyType.MultipleRows };
        await transaction.InsertAsync(
            new OpenEditionRow { EditionId = editionId, Title = cut.Cadence.Title, MaximumArticles = cut.Cadence.MaximumArticles, SeenChange = cut.Change }, token: cancellationToken);
        await transaction.BulkCopyAsync(
            options,
            contents.Select(content => new OpenCohortRow { ContentId = content.ContentId, EditionId = editionId, Articles = OpenCohortRow.Write(content.Cohort.Articles) }),
            cancellationToken);
        await transaction.BulkCopyAsync(options, cohorts.Shown.Select(shown => OpenArticleRow.Of(editionId, shown.Key, shown.Value)), cancellationToken);
    }

    /// <summary>Everybody who is subscribed now, by cohort; null where somebody's choice has none.</summary>
    private async Task<IReadOnlyList<(Cohort Cohort, List<MailRecipient> Recipients)>?> PartsAsync(
        DataConnection transaction, Cut cut, Cohorts cohorts, DateTimeOffset slot, byte[] key, CancellationToken cancellationToken)
    {
        var name = cut.Cadence.Name;
        var audience = await (
            from row in transaction.GetTable<SubscriptionRow>()
            join subscriber in transaction.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
            where row.Cadence == name && row.State == SubscriptionState.Confirmed
            orderby row.SubscriberId
            select new { row.SubscriberId, row.Categories, subscriber.Email }).ToListAsync(cancellationToken);

        var parts = new Dictionary<Cohort, List<MailRecipient>>(ReferenceEqualityComparer.Instance);
        foreach (var person in audience)
        {
            if (!cohorts.TryFind(person.Categories, out var cohort))
            {
                return null;
            }

            if (cohort is not null)
            {
                var leave = addresses.Unsubscribe(key, person.SubscriberId, name);
                var recipients = parts.TryGetValue(cohort, out var known) ? known : parts[cohort] = [];
                recipients.Add(new MailRecipient(
                    Answers.RecipientKey(person.SubscriberId, name),
                    person.Email,
                    $"{LinkTokens.MessageName(key, name, slot, person.SubscriberId)}@{sender.Domain}",
                    leave,
                    new Dictionary<string, string>(StringComparer.Ordinal) { [MailWriter.Unsubscribe] = leave }));
            }
        }

        return [.. parts.Select(part => (part.Key, part.Value))];
    }

    private EditionRow Row(Cut cut, DateTimeOffset slot, string? mailingKey, bool skipped) => new()
    {
        Cadence = cut.Cadence.Name,
        Slot = slot,
        FromSequence = cut.From,
        ToSequence = cut.To,
        Articles = cut.Articles.Count,
        Skipped = skipped,
        MadeAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
        MailingKey = mailingKey,
    };

    private static Task<EditionRow?> FindAsync(DataConnection connection, string cadence, DateTimeOffset slot, CancellationToken cancellationToken) =>
        connection.GetTable<EditionRow>().FirstOrDefaultAsync(row => row.Cadence == cadence && row.Slot == slot, cancellationToken);

    private static string MailingKey(string cadence, DateTimeOffset slot) =>
        $"edition:{cadence}:{slot.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}";
}
