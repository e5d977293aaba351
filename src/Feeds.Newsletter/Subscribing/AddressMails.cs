using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Subscribing;

/// <summary>The mails about a change of address: the question to the new one, and word of it to the old one.</summary>
internal sealed class AddressMails(Outbox outbox, PersonalAddresses addresses, MailWriter writer, SenderIdentity sender, IOptions<PublicationOptions> publication)
{
    /// <summary>Within the caller's transaction, asks at the new address.</summary>
    public async Task AskAsync(DataConnection transaction, long subscriberId, string email, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal) { [MailWriter.Confirm] = addresses.Address(key, subscriberId, email) };
        await AddAsync(transaction, "address", subscriberId, email, await writer.AddressAsync(moved: false), links, key, now, cancellationToken);
    }

    /// <summary>Within the caller's transaction, tells the old address, for whoever has a mail of somebody else's has its link too.</summary>
    public async Task TellAsync(DataConnection transaction, long subscriberId, string email, byte[] key, DateTimeOffset now, CancellationToken cancellationToken) =>
        await AddAsync(transaction, "moved", subscriberId, email, await writer.AddressAsync(moved: true), new Dictionary<string, string>(StringComparer.Ordinal), key, now, cancellationToken);

    /// <summary>Mail's name for the person in these mails; who calls one unwanted stops no newsletter by it.</summary>
    public static string RecipientKey(long subscriberId) => string.Create(CultureInfo.InvariantCulture, $"a{subscriberId}");

    private async Task AddAsync(
        DataConnection transaction, string kind, long subscriberId, string email, MailContent content, IReadOnlyDictionary<string, string> links, byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mailing = string.Create(CultureInfo.InvariantCulture, $"{kind}:{subscriberId}:{now.ToUnixTimeMilliseconds()}");
        var recipient = new MailRecipient(RecipientKey(subscriberId), email, $"{kind}.{LinkTokens.Digest(key, mailing)}@{sender.Domain}", null, links);
        var sent = new Mailing(mailing, now, publication.Value.Language, null, [new MailingPart(content, [recipient])]) { FromName = sender.Publication };
        await outbox.AddAsync(transaction, sent, cancellationToken);
    }
}
