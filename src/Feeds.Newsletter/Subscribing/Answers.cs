using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Mail;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Subscribing;

/// <summary>What personal links do, and mails that say the same.</summary>
internal sealed partial class Answers(Database database, Outbox outbox, LinkTokens tokens, TimeProvider clock) : IReturnListener
{
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
        return await database.WriteAsync(
            async transaction =>
            {
                if (await DescribeAsync(transaction, LinkPurpose.Confirm, reference, cancellationToken) is null)
                {
                    return null;
                }

                await Subscription(transaction, reference)
                    .Where(row => row.AskedNumber == reference.Request && row.AnsweredNumber < reference.Request)
                    .Set(row => row.ConfirmedAt, row => row.State == SubscriptionState.Confirmed ? row.ConfirmedAt : now)
                    .Set(row => row.Categories, row => row.AskedCategories)
                    .Set(row => row.AnsweredNumber, reference.Request)
                    .Set(row => row.State, SubscriptionState.Confirmed)
                    .Set(row => row.LeftAt, (DateTimeOffset?)null)
                    .UpdateAsync(cancellationToken);
                return await DescribeAsync(transaction, LinkPurpose.Confirm, reference, cancellationToken);
            },
            cancellationToken);
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
                await LeaveAsync(transaction, reference, cancellationToken);
                return await DescribeAsync(transaction, LinkPurpose.Unsubscribe, reference, cancellationToken);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(DataConnection transaction, string recipientKey, CancellationToken cancellationToken)
    {
        if (Recipient().Match(recipientKey) is { Success: true } match && long.TryParse(match.Groups["subscriber"].Value, CultureInfo.InvariantCulture, out var subscriber))
        {
            await LeaveAsync(transaction, new LinkReference(subscriber, match.Groups["cadence"].Value, 0), cancellationToken);
        }
    }

    /// <summary>Mail's name for a subscription: leaving one cadence leaves the other's deliveries alone.</summary>
    public static string RecipientKey(long subscriberId, string cadence) => string.Create(CultureInfo.InvariantCulture, $"s{subscriberId}.{cadence}");

    private async Task LeaveAsync(DataConnection transaction, LinkReference reference, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await transaction.TakeAsync(database, reference.Cadence, cancellationToken);
        var left = await Subscription(transaction, reference)
            .Where(row => row.State != SubscriptionState.Left)
            .Set(row => row.State, SubscriptionState.Left)
            .Set(row => row.LeftAt, now)
            // A confirmation that is still on its way must not undo this.
            .Set(row => row.AnsweredNumber, row => row.AskedNumber)
            .UpdateAsync(cancellationToken);
        if (left > 0)
        {
            await outbox.SuppressAsync(transaction, RecipientKey(reference.SubscriberId, reference.Cadence), cancellationToken);
        }
    }

    private async Task<LinkReference?> ReadAsync(LinkPurpose purpose, string? token, CancellationToken cancellationToken) =>
        LinkTokens.Read(await tokens.KeyAsync(cancellationToken), purpose, token);

    private static IQueryable<SubscriptionRow> Subscription(DataConnection connection, LinkReference reference) =>
        connection.GetTable<SubscriptionRow>().Where(row => row.SubscriberId == reference.SubscriberId && row.Cadence == reference.Cadence);

    private async Task<PersonalLink?> DescribeAsync(DataConnection connection, LinkPurpose purpose, LinkReference reference, CancellationToken cancellationToken)
    {
        var found = await (
            from row in Subscription(connection, reference)
            join subscriber in connection.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
            join cadence in connection.GetTable<CadenceRow>() on row.Cadence equals cadence.Name
            select new { Subscription = row, subscriber.Email, cadence.Title }).FirstOrDefaultAsync(cancellationToken);
        if (found is null || (purpose == LinkPurpose.Confirm && !IsOpen(found.Subscription, reference)))
        {
            return null;
        }

        return new PersonalLink(Mask(found.Email), found.Title, found.Subscription.State);
    }

    // A newer request makes an older link void; one that was answered goes on saying so.
    private bool IsOpen(SubscriptionRow row, LinkReference reference) =>
        row.AskedNumber == reference.Request && (row.AnsweredNumber >= reference.Request || clock.GetUtcNow() < row.AskedAt + ConfirmationLife);

    private static string Mask(string email)
    {
        var at = email.LastIndexOf('@');
        var domain = email[(at + 1)..];
        var dot = domain.LastIndexOf('.');
        return $"{First(email[..at])}@{First(domain)}{(dot > 0 ? domain[dot..] : "")}";
    }

    private static string First(string part) => StringInfo.GetNextTextElement(part) + "•••";

    // An edition's recipient, or a confirmation's: who calls that one unwanted didn't ask for it.
    [GeneratedRegex(@"\A[sc](?<subscriber>[0-9]{1,18})\.(?<cadence>.{1,40})\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Recipient();
}
