using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Archive;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>
/// A newcomer's first mail, where the newsletter has one: of what came before the next edition's articles, so that nothing
/// is told twice. That it is due is written with the confirmation, and that it was written with the mail.
/// </summary>
internal sealed class Welcomes(
    Database database, CadenceStore cadences, ArticleStore articles, Audience audience, MailWriter writer, LinkTokens tokens, Outbox outbox,
    SenderIdentity sender, IOptions<PublicationOptions> publication, ILogger<Welcomes> log)
{
    /// <summary>How far back <see cref="Welcome.Recent"/> goes.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(28);

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    // As many of the newest as a welcome is chosen from.
    private const int MostRead = 200;
    private const int AtOnce = 100;

    /// <summary>Within the transaction that makes somebody a subscriber for the first time.</summary>
    public static async Task ExpectAsync(DataConnection transaction, SubscriptionRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await transaction.GetTable<NewsletterRow>().AnyAsync(newsletter => newsletter.Name == row.Newsletter && newsletter.Welcome != Welcome.None, cancellationToken))
        {
            await transaction.InsertOrReplaceAsync(new WelcomeRow { SubscriberId = row.SubscriberId, Newsletter = row.Newsletter, DueAt = now }, token: cancellationToken);
        }
    }

    /// <summary>Writes those that are due.</summary>
    public async Task StepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await database.ReadAsync(connection => connection.GetTable<WelcomeRow>().Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).Take(AtOnce).ToListAsync(cancellationToken));
        foreach (var row in due)
        {
            try
            {
                await WriteAsync(row, now, cancellationToken);
            }
            catch (Exception failed) when (failed is not (OperationCanceledException or System.Data.Common.DbException))
            {
                Log.WelcomeFailed(log, failed);
                await database.WriteAsync(transaction => transaction.GetTable<WelcomeRow>()
                    .Where(one => one.SubscriberId == row.SubscriberId && one.Newsletter == row.Newsletter).Set(one => one.DueAt, now + Again).UpdateAsync(cancellationToken), cancellationToken);
            }
        }

        if (due.Count > 0)
        {
            outbox.Announce();
        }
    }

    private async Task WriteAsync(WelcomeRow due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = await RenderAsync(due, now, cancellationToken);
        var key = await tokens.KeyAsync(cancellationToken);
        await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, due.Newsletter, cancellationToken);
                var isOurs = await transaction.GetTable<WelcomeRow>().Where(row => row.SubscriberId == due.SubscriberId && row.Newsletter == due.Newsletter).DeleteAsync(cancellationToken) == 1;
                var person = await (
                    from row in transaction.GetTable<SubscriptionRow>()
                    join subscriber in transaction.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                    where row.SubscriberId == due.SubscriberId && row.Newsletter == due.Newsletter && row.State == SubscriptionState.Confirmed
                    select new { row.Cadence, subscriber.Email, subscriber.LinkGeneration }).FirstOrDefaultAsync(cancellationToken);
                // Who has left again wants none.
                if (!isOurs || content is null || person is null)
                {
                    return;
                }

                var recipient = audience.Recipient(key, new Invited(person.Cadence, due.Newsletter, now, null), due.SubscriberId, person.Email, person.LinkGeneration);
                var mailing = new Mailing(
                    string.Create(CultureInfo.InvariantCulture, $"welcome:{due.SubscriberId}:{due.Newsletter}"),
                    now,
                    publication.Value.Language,
                    new ListId(content.Value.Title, $"{due.Newsletter}.{sender.Domain}"),
                    [new MailingPart(content.Value.Mail, [recipient])])
                {
                    FromName = sender.Publication,
                };
                await outbox.AddAsync(transaction, mailing, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Null where there is nothing to tell of.</summary>
    private async Task<(string Title, MailContent Mail)?> RenderAsync(WelcomeRow due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await database.ReadSnapshotAsync(
            connection => (
                from row in connection.GetTable<SubscriptionRow>()
                join choice in connection.GetTable<ChoiceRow>() on row.ChoiceId equals choice.Id
                join newsletter in connection.GetTable<NewsletterRow>() on row.Newsletter equals newsletter.Name
                where row.SubscriberId == due.SubscriberId && row.Newsletter == due.Newsletter
                select new { Subscription = row, Choice = choice.Text, newsletter.Welcome }).FirstOrDefaultAsync(cancellationToken),
            cancellationToken);
        if (found is null || await cadences.FindAsync(found.Subscription.Cadence, cancellationToken) is not { } cadence)
        {
            return null;
        }

        var choice = Choice.Read(found.Choice);
        var shown = (await ReadAsync(found.Welcome, cadence, now, cancellationToken))
            .Where(article => article.Sequence <= found.Subscription.Position && cadence.Tells(article) && choice.Takes(ArticleBrief.Of(article)))
            .OrderByDescending(article => article.Published).ThenByDescending(article => article.Sequence).Take(cadence.MaximumArticles).ToList();
        if (shown.Count == 0)
        {
            return null;
        }

        var masthead = new Masthead(cadence.Name, cadence.Title, now) { IsWelcome = true };
        var form = writer.Form(choice, new SendTime(found.Subscription.SendZone, found.Subscription.SendHour), cadence, now);
        return (cadence.Title, await writer.DigestAsync(masthead, form, [.. shown.Select(article => writer.Freeze(masthead, article, choice.FullText))], 0, null));
    }

    private async Task<IReadOnlyList<Article>> ReadAsync(Welcome welcome, Cadence cadence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (welcome == Welcome.Latest)
        {
            var told = await database.ReadAsync(connection => (
                from archived in connection.GetTable<ArchivedEditionRow>()
                join edition in connection.GetTable<EditionRow>() on archived.EditionId equals edition.Id
                where edition.Cadence == cadence.Name
                orderby archived.Slot descending
                select archived.Articles).FirstOrDefaultAsync(cancellationToken));
            return told is null ? [] : await articles.PublishedAsync([.. CohortRow.Read(told).Take(MostRead)], cancellationToken);
        }

        return welcome == Welcome.Recent ? [.. (await articles.LatestAsync(null, MostRead, cancellationToken)).Where(article => article.Published > now - Recent)] : [];
    }
}

/// <summary>A newcomer's first mail that is still to be written.</summary>
[Table("welcome_due")]
internal sealed class WelcomeRow
{
    [Column("subscriber_id"), PrimaryKey(1)]
    public long SubscriberId { get; set; }

    [Column("newsletter"), PrimaryKey(2)]
    public string Newsletter { get; set; } = "";

    [Column("due_at")]
    public DateTimeOffset DueAt { get; set; }
}
