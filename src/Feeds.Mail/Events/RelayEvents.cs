using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What became of a post.</summary>
public enum EventAnswer
{
    /// <summary>What follows from it is committed; or nothing does.</summary>
    Done,

    /// <summary>No such relay is set.</summary>
    NoRelay,

    /// <summary>There is no proof that the relay made it.</summary>
    Forged,

    /// <summary>The relay made it, but it has another form than the documented one.</summary>
    Unreadable,

    /// <summary>It holds too many events.</summary>
    TooMany,

    /// <summary>Nothing can be told now; it is to be posted again.</summary>
    Later,
}

/// <summary>
/// Where relays hand in what became of mails. An event has an effect where it names a delivery of ours, by the envelope's
/// sender that we made for it, or by its Message-ID and the address that it went to.
/// </summary>
public sealed class RelayEvents
{
    /// <summary>So many octets a post may have.</summary>
    public const int MostOctets = 1024 * 1024;

    /// <summary>So many events a post may hold.</summary>
    public const int MostEvents = 5_000;

    private readonly IOptions<MailOptions> options;
    private readonly Database database;
    private readonly EnvelopeSender sender;
    private readonly ReturnEffects effects;
    private readonly Pseudonyms pseudonyms;
    private readonly SnsWeb sns;
    private readonly TimeProvider clock;

    internal RelayEvents(IOptions<MailOptions> options, Database database, EnvelopeSender sender, ReturnEffects effects, Pseudonyms pseudonyms, SnsWeb sns, TimeProvider clock)
    {
        (this.options, this.database, this.sender) = (options, database, sender);
        (this.effects, this.pseudonyms, this.sns, this.clock) = (effects, pseudonyms, sns, clock);
    }

    /// <summary>Whether posts of that relay are taken.</summary>
    /// <param name="relay"><c>ses</c>, <c>mailgun</c> or <c>sendgrid</c>.</param>
    public bool Knows(string relay) => Entries(relay).Count > 0;

    /// <summary>Reads a post and does what follows from it, durably on return. The same event again changes nothing.</summary>
    /// <param name="relay"><c>ses</c>, <c>mailgun</c> or <c>sendgrid</c>.</param>
    /// <param name="body">As it came; at most <see cref="MostOctets"/>.</param>
    /// <param name="header">The value of a header of the post, or null.</param>
    /// <param name="cancellationToken">Gives up; what was done stays done.</param>
    /// <exception cref="System.Data.Common.DbException">The database refuses; what was not done is done when it is posted again.</exception>
    /// <exception cref="StorageException">Likewise.</exception>
    public async Task<EventAnswer> TakeAsync(string relay, ReadOnlyMemory<byte> body, Func<string, string?> header, CancellationToken cancellationToken)
    {
        var entries = Entries(relay);
        if (entries.Count == 0)
        {
            return EventAnswer.NoRelay;
        }

        if (body.Length > MostOctets)
        {
            return EventAnswer.TooMany;
        }

        var post = EventPost.Forged;
        foreach (var entry in entries)
        {
            post = await ReadAsync(entry, body, header, cancellationToken);
            if (post.Trust != EventTrust.Forged)
            {
                break;
            }
        }

        if (post.Trust != EventTrust.Verified)
        {
            return post.Trust switch
            {
                EventTrust.Forged => EventAnswer.Forged,
                EventTrust.TooMany => EventAnswer.TooMany,
                EventTrust.Unknown => EventAnswer.Later,
                _ => EventAnswer.Unreadable,
            };
        }

        var ours = await sender.LoadAsync();
        foreach (var told in post.Events)
        {
            if (await DeliveryAsync(ours, told, cancellationToken) is { } delivery)
            {
                await effects.ApplyAsync(new ReturnEvent(delivery, told.Kind, told.Identity) { Relay = relay.ToLowerInvariant(), Status = told.Status, Text = told.Text }, cancellationToken);
            }
        }

        return EventAnswer.Done;
    }

    private List<EventsOptions> Entries(string relay) =>
        [.. options.Value.Events.Where(entry => string.Equals(entry.Relay.ToString(), relay, StringComparison.OrdinalIgnoreCase))];

    private async Task<EventPost> ReadAsync(EventsOptions entry, ReadOnlyMemory<byte> body, Func<string, string?> header, CancellationToken cancellationToken)
    {
        if (entry.Relay == EventRelay.Ses)
        {
            return await ReadSesAsync(entry.Topic, body, cancellationToken);
        }

        string key;
        try
        {
            key = (await PasswordFile.ReadAsync("Mail:Events:KeyFile", entry.KeyFile, cancellationToken)).Trim();
        }
        catch (PasswordFileException)
        {
            return EventPost.Unknown;
        }

        return entry.Relay == EventRelay.Mailgun
            ? MailgunEvents.Read(body, key, clock.GetUtcNow())
            : SendGridEvents.Read(body, header(SendGridEvents.SignatureHeader), header(SendGridEvents.TimestampHeader), key);
    }

    private async Task<EventPost> ReadSesAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var document = EventJson.Parse(body);
        if (document is null || SnsMessage.Read(document.RootElement, topic) is not { } message)
        {
            return EventPost.Forged;
        }

        var now = clock.GetUtcNow();
        if (await sns.CertificateAsync(message.Certificate, now, cancellationToken) is not { } certificate)
        {
            return EventPost.Unknown;
        }

        if (!message.IsSignedBy(certificate, now))
        {
            return EventPost.Forged;
        }

        return message switch
        {
            { Subscribe: { } address } => await sns.ConfirmAsync(address, cancellationToken) ? EventPost.Of() : EventPost.Unknown,
            { Type: "Notification" } => SesEvents.Read(message.Message),
            _ => EventPost.Of(),
        };
    }

    /// <summary>A Message-ID is no secret, and of a redirected mail it is the reader's: so the mail must have gone to the delivery's address.</summary>
    private async Task<long?> DeliveryAsync(ReturnAddress? ours, RelayEvent told, CancellationToken cancellationToken)
    {
        if (told.Sender is { } address && ours?.Read(ReturnPurpose.Bounce, address) is { } delivery)
        {
            return delivery;
        }

        if (told.MessageId is not { Length: > 0 } id)
        {
            return null;
        }

        var named = await database.ReadAsync(connection => connection.GetTable<DeliveryRow>()
            .Where(row => row.MessageId == id)
            .Select(row => new { row.Id, row.Address })
            .Take(2)
            .ToListAsync(cancellationToken));
        var recipients = told.Recipients.Select(recipient => MailAddressSyntax.Normalize(recipient, out _)).OfType<string>().Select(Suppressions.Key).ToHashSet(StringComparer.Ordinal);
        if (named.Exists(row => Pseudonyms.Is(row.Address)))
        {
            var key = await pseudonyms.KeyAsync(cancellationToken);
            recipients = [.. recipients.Select(recipient => Pseudonyms.Of(key, recipient))];
        }

        return named.Find(row => recipients.Contains(Suppressions.Key(row.Address)))?.Id;
    }
}
