using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Making;

/// <summary>Writes an edition as the mail of somebody who gets everything, addressed to the sender, with links that open nothing.</summary>
internal sealed class PreviewMail(
    MailWriter writer, ArticleStore articles, MessageComposer composer, PersonalAddresses addresses, SenderIdentity sender, IOptions<PublicationOptions> publication)
{
    // Signed with nobody's key: a preview stores nothing and its links look real.
    private static readonly byte[] NoKey = new byte[32];

    /// <summary>Whether that is the token of a preview's link.</summary>
    public static bool IsToken(string? token) => LinkTokens.Read(NoKey, LinkPurpose.Preview, token) is not null;

    public async Task WriteAsync(Cut cut, DateTimeOffset at, Stream target, CancellationToken cancellationToken)
    {
        var masthead = new Masthead(cut.Cadence.Name, cut.Cadence.Title, at);
        var share = cut.For(Choice.Everything, cut.Told);
        var told = share.Articles.Count > 0 ? share.Articles : [.. cut.Articles.OrderByDescending(article => article.Published).ThenByDescending(article => article.Sequence).Select(article => article.Sequence)];
        var shown = new List<FrozenArticle>();
        foreach (var sequence in told.Take(cut.Cadence.MaximumArticles))
        {
            shown.AddRange((await articles.PublishedAsync(sequence - 1, sequence, cancellationToken)).Select(article => writer.Freeze(masthead, article, withText: false)));
        }

        var content = await writer.DigestAsync(masthead, writer.Form(Choice.Everything, SendTime.OfCadence, cut.Cadence, at), shown, told.Count - shown.Count, view: null);
        var leave = addresses.Preview(NoKey, cut.Cadence.Newsletter);
        var recipient = new MailRecipient(
            "preview",
            sender.Address,
            $"{LinkTokens.MessageName(NoKey, cut.Cadence.Name, at, 0)}@{sender.Domain}",
            leave,
            new Dictionary<string, string>(StringComparer.Ordinal) { [MailWriter.Unsubscribe] = leave, [MailWriter.Preferences] = leave });
        var mailing = new Mailing(
            "preview", at, publication.Value.Language, new ListId(cut.Cadence.Title, $"{cut.Cadence.Name}.{sender.Domain}"), [new MailingPart(content, [recipient])])
        {
            FromName = sender.Publication,
        };
        await composer.WriteAsync(mailing, content, recipient, target, cancellationToken);
    }
}
