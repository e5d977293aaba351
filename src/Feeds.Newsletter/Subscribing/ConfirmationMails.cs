using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Puts the mail that asks for confirmation into the outbox. Nothing in it is a visitor's text but the address that it goes to.</summary>
internal sealed class ConfirmationMails(
    ArticleStore articles, Outbox outbox, PersonalAddresses addresses, MailWriter writer, SenderIdentity sender, IOptions<PublicationOptions> publication)
{
    /// <param name="transaction">The caller's.</param>
    /// <param name="subscriber">Whom it goes to.</param>
    /// <param name="row">The subscription, with what was asked for.</param>
    /// <param name="cadence">The one asked for.</param>
    /// <param name="changes">Whether there is something to confirm.</param>
    /// <param name="again">Whether it is a reminder.</param>
    /// <param name="key">Of <see cref="LinkTokens"/>.</param>
    /// <param name="now">The mail's date.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AddAsync(
        DataConnection transaction, SubscriberRow subscriber, SubscriptionRow row, Cadence cadence, bool changes, bool again, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(AskedFor.Read(row.Asked).Choice.Categories, cancellationToken);
        var content = await writer.ConfirmationAsync(cadence, names, row.State == SubscriptionState.Confirmed, changes, again);
        var mailing = $"{(again ? "remind" : "confirm")}:{subscriber.Id}:{row.Newsletter}:{row.AskedNumber}";
        var recipient = new MailRecipient(
            Answers.AskedKey(subscriber.Id, row.Newsletter),
            subscriber.Email,
            $"confirm.{LinkTokens.Digest(key, mailing)}@{sender.Domain}",
            null,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [MailWriter.Confirm] = addresses.Confirm(key, subscriber.Id, row.Newsletter, row.AskedNumber),
                [MailWriter.Unsubscribe] = addresses.Unsubscribe(key, subscriber.Id, row.Newsletter),
            });
        var sent = new Mailing(mailing, now, publication.Value.Language, null, [new MailingPart(content, [recipient])]) { FromName = sender.Publication, AnswersForm = true };
        await outbox.AddAsync(transaction, sent, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> NamesAsync(IReadOnlyList<string> slugs, CancellationToken cancellationToken) =>
        slugs.Count == 0
            ? []
            : [.. (await articles.CategoriesAsync(cancellationToken)).Select(state => state.Category).Where(category => slugs.Contains(category.FirstSlug, StringComparer.Ordinal)).Select(category => category.Name)];
}
