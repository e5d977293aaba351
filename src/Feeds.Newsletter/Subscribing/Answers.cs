using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Mail;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What personal links do, and mails that say the same.</summary>
internal sealed partial class Answers(Database database, Outbox outbox, RecipientRecords recipients, LinkTokens tokens, TimeProvider clock) : IReturnListener
{
    /// <summary>How long leaving can be undone: longer, and a person would get what they have forgotten.</summary>
    public static readonly TimeSpan UndoLife = TimeSpan.FromDays(30);

    /// <summary>The source of what an operator vouches for; after a colon comes the proof, where there is one.</summary>
    public const string Operator = "operator";

    /// <summary>How long a confirmation link works.</summary>
    public static readonly TimeSpan ConfirmationLife = TimeSpan.FromDays(7);

    public async Task<PersonalLink?> FindAsync(LinkPurpose purpose, string? token, CancellationToken cancellationToken) =>
        await ReadAsync(purpose, token, cancellationToken) is { } reference
            ? await database.ReadSnapshotAsync(connection => DescribeAsync(connection, purpose, reference, cancellationToken), cancellationToken)
            : null;

    public async Task<PersonalLink?> ConfirmAsync(string? token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(LinkPurpose.Confirm, token, cancellationToken) is not { } reference)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var pseudonyms = await recipients.KeyAsync(cancellationToken);
        return await database.WriteAsync(
            async transaction =>
            {
                if (await DescribeAsync(transaction, LinkPurpose.Confirm, reference, cancellationToken) is null)
                {
                    return null;
                }

                await transaction.TakeAsync(database, reference.Newsletter, cancellationToken);
                if (await Subscription(transaction, reference).FirstOrDefaultAsync(row => row.AskedNumber == reference.Request && row.AnsweredNumber < reference.Request, cancellationToken) is { } row)
                {
                    var shown = await RecipientRecords.TextAsync(transaction, string.Create(CultureInfo.InvariantCulture, $"confirm:{row.SubscriberId}:{row.Newsletter}:{row.AskedNumber}"), cancellationToken);
                    await TakeForceAsync(transaction, row, now, "confirm", cancellationToken, shown);
                    var email = await transaction.GetTable<SubscriberRow>().Where(person => person.Id == row.SubscriberId).Select(person => person.Email).SingleAsync(cancellationToken);
                    await recipients.WelcomeBackAsync(transaction, pseudonyms, email, cancellationToken);
                }

                return await DescribeAsync(transaction, LinkPurpose.Confirm, reference, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Takes back that the person left, as if they had not: what was new meanwhile is in their next edition.</summary>
    public async Task<PersonalLink?> ReturnAsync(string? token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(LinkPurpose.Unsubscribe, token, cancellationToken) is not { } reference)
        {
            return null;
        }

        return await database.WriteAsync(
            async transaction =>
            {
                await ReturnAsync(transaction, reference, "unsubscribe", cancellationToken);
                return await DescribeAsync(transaction, LinkPurpose.Unsubscribe, reference, cancellationToken);
            },
            cancellationToken);
    }

    public async Task ReturnAsync(DataConnection transaction, LinkReference reference, string source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await transaction.TakeAsync(database, reference.Newsletter, cancellationToken);
        var since = now - UndoLife;
        var back = await Subscription(transaction, reference)
            .Where(row => row.State == SubscriptionState.Left && row.ConfirmedAt != null && row.LeftAt > since)
            .Set(row => row.State, SubscriptionState.Confirmed)
            .Set(row => row.LeftAt, (DateTimeOffset?)null)
            .UpdateAsync(cancellationToken);
        if (back > 0)
        {
            await ConsentRow.AddAsync(transaction, reference.SubscriberId, reference.Newsletter, now, ConsentKind.Returned, source, "", cancellationToken);
        }
    }

    public async Task<PersonalLink?> UnsubscribeAsync(string? token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(LinkPurpose.Unsubscribe, token, cancellationToken) is not { } reference)
        {
            return null;
        }

        return await database.WriteAsync(
            async transaction =>
            {
                await LeaveAsync(transaction, reference, ConsentKind.Left, "unsubscribe", cancellationToken);
                return await DescribeAsync(transaction, LinkPurpose.Unsubscribe, reference, cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(DataConnection transaction, string recipientKey, bool isComplaint, CancellationToken cancellationToken)
    {
        if (Read(recipientKey) is { } reference)
        {
            await LeaveAsync(transaction, reference, isComplaint ? ConsentKind.Complained : ConsentKind.Left, "mail", cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task BounceAsync(DataConnection transaction, string recipientKey, string address, SuppressionCause cause, CancellationToken cancellationToken)
    {
        var key = address.ToLowerInvariant();
        if (Read(recipientKey)?.SubscriberId is { } subscriber && await transaction.GetTable<SubscriberRow>().AnyAsync(row => row.Id == subscriber && row.EmailKey == key, cancellationToken))
        {
            await WebhookEvents.AddAsync(transaction, WebhookEvent.Bounced, subscriber, "", clock.GetUtcNow(), cause == SuppressionCause.HardBounce ? "hard" : "soft", cancellationToken);
        }
    }

    /// <summary>Mail's name for a subscription: leaving one newsletter leaves the other's deliveries alone.</summary>
    public static string RecipientKey(long subscriberId, string newsletter) => string.Create(CultureInfo.InvariantCulture, $"s{subscriberId}.{newsletter}");

    /// <summary>All that Mail calls a person, of whatever newsletters they ever had.</summary>
    public static async Task<IReadOnlyList<string>> RecipientKeysAsync(DataConnection connection, long subscriberId, CancellationToken cancellationToken)
    {
        var newsletters = await connection.GetTable<NewsletterRow>().Select(row => row.Name)
            .Union(connection.GetTable<ConsentRow>().Where(row => row.SubscriberId == subscriberId && row.Newsletter != "").Select(row => row.Newsletter)).ToListAsync(cancellationToken);
        return [.. newsletters.SelectMany(newsletter => (string[])[RecipientKey(subscriberId, newsletter), AskedKey(subscriberId, newsletter)]), AddressMails.RecipientKey(subscriberId)];
    }

    /// <summary>Mail's name for somebody who is asked something.</summary>
    public static string AskedKey(long subscriberId, string newsletter) => string.Create(CultureInfo.InvariantCulture, $"c{subscriberId}.{newsletter}");

    /// <summary>What was asked for takes force. A newcomer begins where the cadence stood when they asked; who goes on loses and repeats nothing.</summary>
    /// <param name="transaction">To write in.</param>
    /// <param name="row">Whose request.</param>
    /// <param name="now">For the record.</param>
    /// <param name="source">For the consent record: where it was done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="shown">For the consent record: the text that was agreed to.</param>
    public static async Task TakeForceAsync(DataConnection transaction, SubscriptionRow row, DateTimeOffset now, string source, CancellationToken cancellationToken, string? shown = null)
    {
        var asked = AskedFor.Read(row.Asked);
        var goesOn = row.State == SubscriptionState.Confirmed;
        var isNew = row.ConfirmedAt is null;
        row.ChoiceId = await asked.Choice.StoreAsync(transaction, cancellationToken);
        (row.Cadence, row.SendZone, row.SendHour) = (asked.Cadence, asked.Time.Zone, asked.Time.Hour);
        row.Position = goesOn ? row.Position : Math.Max(row.Position, row.AskedPosition);
        row.ConfirmedAt = goesOn ? row.ConfirmedAt : now;
        row.AnsweredNumber = row.AskedNumber;
        row.State = SubscriptionState.Confirmed;
        row.LeftAt = null;
        await transaction.UpdateAsync(row, token: cancellationToken);
        await SendTimes.AddAsync(transaction, asked.Cadence, asked.Time, now, cancellationToken);
        // Whom an operator brings over from elsewhere has read it there.
        if (isNew && !source.StartsWith(Operator, StringComparison.Ordinal))
        {
            await Welcomes.ExpectAsync(transaction, row, now, cancellationToken);
        }

        await ConsentRow.AddAsync(transaction, row.SubscriberId, row.Newsletter, now, goesOn ? ConsentKind.Changed : ConsentKind.Confirmed, source, shown is null ? row.Asked : ConsentRow.Write(row.Asked, shown), cancellationToken);
    }

    public async Task<bool> LeaveAsync(DataConnection transaction, LinkReference reference, ConsentKind kind, string source, CancellationToken cancellationToken, bool isTold = true)
    {
        var now = clock.GetUtcNow();
        await transaction.TakeAsync(database, reference.Newsletter, cancellationToken);
        var left = await Subscription(transaction, reference)
            .Where(row => row.State != SubscriptionState.Left)
            .Set(row => row.State, SubscriptionState.Left)
            .Set(row => row.LeftAt, now)
            // A confirmation that is still on its way must not undo this.
            .Set(row => row.AnsweredNumber, row => row.AskedNumber)
            .UpdateAsync(cancellationToken);
        if (left == 0)
        {
            return false;
        }

        await outbox.SuppressAsync(transaction, RecipientKey(reference.SubscriberId, reference.Newsletter), cancellationToken);
        await ConsentRow.AddAsync(transaction, reference.SubscriberId, reference.Newsletter, now, kind, source, "", cancellationToken, isTold);
        return true;
    }

    /// <summary>Why a person left, which they need not say; once each time they leave.</summary>
    public async Task<PersonalLink?> SayWhyAsync(string? token, LeavingReason reason, CancellationToken cancellationToken)
    {
        if (await ReadAsync(LinkPurpose.Unsubscribe, token, cancellationToken) is not { } reference)
        {
            return null;
        }

        return await database.WriteAsync(
            async transaction =>
            {
                await SayWhyAsync(transaction, reference, reason, "unsubscribe", cancellationToken);
                return await DescribeAsync(transaction, LinkPurpose.Unsubscribe, reference, cancellationToken);
            },
            cancellationToken);
    }

    public async Task SayWhyAsync(DataConnection transaction, LinkReference reference, LeavingReason reason, string source, CancellationToken cancellationToken)
    {
        await transaction.TakeAsync(database, reference.Newsletter, cancellationToken);
        var left = await Subscription(transaction, reference).Where(row => row.State == SubscriptionState.Left).Select(row => row.LeftAt).FirstOrDefaultAsync(cancellationToken);
        if (left is not null && !await transaction.GetTable<ConsentRow>().AnyAsync(
            row => row.SubscriberId == reference.SubscriberId && row.Newsletter == reference.Newsletter && row.Kind == ConsentKind.Reason && row.At >= left, cancellationToken))
        {
            await ConsentRow.AddAsync(transaction, reference.SubscriberId, reference.Newsletter, clock.GetUtcNow(), ConsentKind.Reason, source, reason.ToString(), cancellationToken);
        }
    }

    private static LinkReference? Read(string recipientKey) =>
        Recipient().Match(recipientKey) is { Success: true } match && long.TryParse(match.Groups["subscriber"].Value, CultureInfo.InvariantCulture, out var subscriber)
            ? new LinkReference(subscriber, match.Groups["newsletter"].Value, 0)
            : null;

    private async Task<LinkReference?> ReadAsync(LinkPurpose purpose, string? token, CancellationToken cancellationToken) =>
        LinkTokens.Read(await tokens.KeyAsync(cancellationToken), purpose, token);

    private static IQueryable<SubscriptionRow> Subscription(DataConnection connection, LinkReference reference) =>
        connection.GetTable<SubscriptionRow>().Where(row => row.SubscriberId == reference.SubscriberId && row.Newsletter == reference.Newsletter);

    private async Task<PersonalLink?> DescribeAsync(DataConnection connection, LinkPurpose purpose, LinkReference reference, CancellationToken cancellationToken)
    {
        var found = await (
            from row in Subscription(connection, reference)
            join subscriber in connection.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
            join newsletter in connection.GetTable<NewsletterRow>() on row.Newsletter equals newsletter.Name
            select new { Subscription = row, subscriber.Email, newsletter.Title }).FirstOrDefaultAsync(cancellationToken);
        if (found is null || (purpose == LinkPurpose.Confirm && !IsOpen(found.Subscription, reference)))
        {
            return null;
        }

        var others = await (
            from row in connection.GetTable<SubscriptionRow>()
            join newsletter in connection.GetTable<NewsletterRow>() on row.Newsletter equals newsletter.Name
            where row.SubscriberId == reference.SubscriberId && row.State == SubscriptionState.Confirmed && row.Newsletter != reference.Newsletter
            orderby newsletter.Title
            select newsletter.Title).ToListAsync(cancellationToken);
        var canReturn = found.Subscription is { State: SubscriptionState.Left, ConfirmedAt: not null, LeftAt: { } leftAt } && clock.GetUtcNow() < leftAt + UndoLife;
        return new PersonalLink(Mask(found.Email), found.Title, found.Subscription.State, others, canReturn);
    }

    // A newer request makes an older link void; one that was answered goes on saying so.
    private bool IsOpen(SubscriptionRow row, LinkReference reference) =>
        row.AskedNumber == reference.Request && (row.AnsweredNumber >= reference.Request || clock.GetUtcNow() < row.AskedAt + ConfirmationLife);

    public static string Mask(string email)
    {
        var at = email.LastIndexOf('@');
        var domain = email[(at + 1)..];
        var dot = domain.LastIndexOf('.');
        return $"{First(email[..at])}@{First(domain)}{(dot > 0 ? domain[dot..] : "")}";
    }

    private static string First(string part) => StringInfo.GetNextTextElement(part) + "•••";

    // An edition's recipient, or a confirmation's: who calls that one unwanted didn't ask for it.
    [GeneratedRegex(@"\A[sc](?<subscriber>[0-9]{1,18})\.(?<newsletter>.{1,40})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Recipient();
}
