using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Archive;
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
    Audience audience,
    ArchiveWriter archive,
    SenderIdentity sender,
    IOptions<PublicationOptions> publication,
    IOptions<NewsletterOptions> newsletter,
    TimeProvider clock)
{
    /// <summary>Records that too little was new; the cut stays, so the articles wait for the next slot. Who wants none of them is told of nothing later either.</summary>
    public Task<(EditionRow Row, bool MadeNow)> SkipAsync(Cut cut, Cohorts cohorts, Invited invited, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, cut.Cadence.Newsletter, cancellationToken);
                if (await FindAsync(transaction, cut.Cadence.Name, invited.Slot, cancellationToken) is { } existing)
                {
                    return (existing, false);
                }

                var row = Row(cut, invited.Slot, skipped: true);
                await transaction.InsertAsync(row, token: cancellationToken);
                await Audience.MoveAsync(transaction, invited, cohorts, cancellationToken);
                return (row, true);
            },
            cancellationToken);

    /// <summary>Freezes; null where cadence, cut, an article's being public or somebody's choice changed since they were read: read them again.</summary>
    public async Task<(EditionRow Row, bool MadeNow)?> FreezeAsync(Cut cut, Cohorts cohorts, Invited invited, CancellationToken cancellationToken)
    {
        var secret = await tokens.KeyAsync(cancellationToken);
        try
        {
            var frozen = await database.WriteAsync(transaction => FreezeAsync(transaction, cut, cohorts, invited, secret, cancellationToken), cancellationToken);
            outbox.Announce();
            return frozen;
        }
        catch (AudienceChangedException)
        {
            return null;
        }
    }

    private async Task<(EditionRow Row, bool MadeNow)?> FreezeAsync(
        DataConnection transaction, Cut cut, Cohorts cohorts, Invited invited, byte[] secret, CancellationToken cancellationToken)
    {
        var slot = invited.Slot;
        await transaction.TakeAsync(database, invited.Newsletter, cancellationToken);
        if (await FindAsync(transaction, cut.Cadence.Name, slot, cancellationToken) is { } existing)
        {
            return (existing, false);
        }

        var unchanged = await transaction.GetTable<CadenceRow>().AnyAsync(
            stored => stored.Name == cut.Cadence.Name && stored.Revision == cut.Cadence.Revision, cancellationToken);
        if (!unchanged || await LostOneAsync(cut, cohorts, cancellationToken))
        {
            return null;
        }

        var row = Row(cut, slot, skipped: false);
        var mailing = new Mailing(
            MailingKey(cut.Cadence.Name, slot),
            row.MadeAt,
            publication.Value.Language,
            new ListId(cut.Cadence.Title, $"{invited.Newsletter}.{sender.Domain}"),
            [.. cohorts.Parts.Select(cohort => new MailingPart(cohort.Content, []))])
        {
            FromName = sender.Publication,
            Uncertain = newsletter.Value.Cadences.FirstOrDefault(cadence => string.Equals(cadence.Name, cut.Cadence.Name, StringComparison.Ordinal))?.Uncertain ?? UncertainPolicy.Resend,
        };
        var people = audience.ReadAsync(transaction, invited, cohorts, secret, cancellationToken);
        var contents = await outbox.AddAsync(transaction, mailing, people, cancellationToken);
        var sent = cohorts.Parts.Where(cohort => contents[cohort.Part] is not null).Select(cohort => (cohort, contents[cohort.Part]!.Value)).ToList();
        row.MailingKey = sent.Count > 0 ? mailing.Key : null;
        row.Id = await transaction.InsertWithInt64IdentityAsync(row, token: cancellationToken);
        if (sent.Count > 0)
        {
            await OpenAsync(transaction, row.Id, cut, cohorts, sent, cancellationToken);
        }

        await archive.AddAsync(transaction, cut, row, cancellationToken);
        await Audience.MoveAsync(transaction, invited, cohorts, cancellationToken);
        await transaction.GetTable<CadenceRow>().Where(stored => stored.Name == cut.Cadence.Name && stored.LastSequence < cut.To).Set(stored => stored.LastSequence, cut.To).UpdateAsync(cancellationToken);
        return (row, true);
    }

    /// <summary>Whether an article was withdrawn since the cut. One that is withdrawn from here on is taken out by <see cref="EditionRevision"/>.</summary>
    private async Task<bool> LostOneAsync(Cut cut, Cohorts cohorts, CancellationToken cancellationToken) =>
        (await articles.StateAsync(cancellationToken)).ChangedIn != cut.Change
        && (await articles.HiddenAsync(cut.From, cut.To, cancellationToken)).Intersect(cohorts.Parts.SelectMany(cohort => cohort.Articles)).Any();

    /// <summary>Notes what <see cref="EditionRevision"/> has to know while something of the edition may still go out.</summary>
    private static async Task OpenAsync(
        DataConnection transaction, long editionId, Cut cut, Cohorts cohorts, IReadOnlyList<(Cohort Cohort, long ContentId)> contents, CancellationToken cancellationToken)
    {
        var options = new BulkCopyOptions { BulkCopyType = BulkCopyType.MultipleRows };
        await transaction.InsertAsync(
            new OpenEditionRow { EditionId = editionId, Title = cut.Cadence.Title, MaximumArticles = cut.Cadence.MaximumArticles, SeenChange = cut.Change }, token: cancellationToken);
        await transaction.BulkCopyAsync(
            options,
            contents.Select(content => new CohortRow
            {
                ContentId = content.ContentId,
                EditionId = editionId,
                Part = content.Cohort.Part,
                Articles = CohortRow.Write(content.Cohort.Articles),
                Shown = Math.Min(content.Cohort.Articles.Count, cut.Cadence.MaximumArticles),
                Form = content.Cohort.Form.Write(),
            }),
            cancellationToken);
        await transaction.BulkCopyAsync(options, cohorts.Shown.Select(shown => OpenArticleRow.Of(editionId, shown.Key, shown.Value)), cancellationToken);
    }

    private EditionRow Row(Cut cut, DateTimeOffset slot, bool skipped) => new()
    {
        Cadence = cut.Cadence.Name,
        Slot = slot,
        FromSequence = cut.From,
        ToSequence = cut.To,
        Articles = cut.News,
        Skipped = skipped,
        MadeAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()),
    };

    private static Task<EditionRow?> FindAsync(DataConnection connection, string cadence, DateTimeOffset slot, CancellationToken cancellationToken) =>
        connection.GetTable<EditionRow>().FirstOrDefaultAsync(row => row.Cadence == cadence && row.Slot == slot, cancellationToken);

    private static string MailingKey(string cadence, DateTimeOffset slot) =>
        $"edition:{cadence}:{slot.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}";
}
