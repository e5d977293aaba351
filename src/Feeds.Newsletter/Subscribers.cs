using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB;

namespace Feeds.Newsletter;

/// <summary>Where a subscription stands.</summary>
public enum SubscriptionState
{
    /// <summary>Asked for, the mail with the link not yet answered.</summary>
    Unconfirmed,

    /// <summary>Gets editions.</summary>
    Confirmed,

    /// <summary>Ended by the person.</summary>
    Left,
}

/// <summary>One subscription, for lists. The address is for the operator's eyes, never for logs.</summary>
public sealed record SubscriptionListing(string Email, string Cadence, SubscriptionState State, IReadOnlyList<string> Categories, DateTimeOffset Since);

/// <summary>What a personal link is about, for the page it opens.</summary>
/// <param name="Email">The person's address with most letters replaced by dots.</param>
/// <param name="CadenceTitle">What the link confirms or ends.</param>
/// <param name="State">Where the subscription stands now.</param>
public sealed record PersonalLink(string Email, string CadenceTitle, SubscriptionState State);

/// <summary>
/// Who gets what. Personal links are <c>confirm/{token}</c> and <c>unsubscribe/{token}</c> below the publication's address.
/// </summary>
public sealed class Subscribers
{
    private readonly Database database;
    private readonly Requests requests;
    private readonly Answers answers;

    internal Subscribers(Database database, Requests requests, Answers answers)
    {
        this.database = database;
        this.requests = requests;
        this.answers = answers;
    }

    /// <summary>
    /// Asks a person by mail to confirm; nothing is sent before they do. Known and unknown addresses get the same answer.
    /// An address gets one such mail an hour at most; requests in between leave the mailed one as it is. Who is subscribed
    /// already is told so by mail, and other categories take force only when confirmed.
    /// </summary>
    /// <param name="email">As typed.</param>
    /// <param name="cadence">Name of a cadence.</param>
    /// <param name="categories">Slugs; empty means all of the cadence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or a sentence in the publication's language why the form can't be taken: address, cadence or category.</returns>
    public Task<string?> AskAsync(string? email, string? cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) =>
        requests.AskAsync(email, cadence, categories, cancellationToken);

    /// <summary>Adds or changes a subscription that the operator vouches for.</summary>
    /// <returns>Null, or why not: an English sentence for the operator, with what there is to choose from.</returns>
    public Task<string?> AddConfirmedAsync(string email, string cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) =>
        requests.AddConfirmedAsync(email, cadence, categories, cancellationToken);

    /// <summary>
    /// What the confirmation link's token is about, or null where it is none of ours, older than seven days or replaced by a
    /// newer request. Changes nothing.
    /// </summary>
    public Task<PersonalLink?> FindConfirmationAsync(string token, CancellationToken cancellationToken) =>
        answers.FindAsync(LinkPurpose.Confirm, token, cancellationToken);

    /// <summary>Confirms; doing so again changes nothing, also where the person has left meanwhile.</summary>
    public Task<PersonalLink?> ConfirmAsync(string token, CancellationToken cancellationToken) => answers.ConfirmAsync(token, cancellationToken);

    /// <summary>What the unsubscribe link's token is about, or null where it is none of ours. Changes nothing.</summary>
    public Task<PersonalLink?> FindUnsubscribeAsync(string token, CancellationToken cancellationToken) =>
        answers.FindAsync(LinkPurpose.Unsubscribe, token, cancellationToken);

    /// <summary>Whether the token is that of a preview or of the sample digest: nobody's, so that there is nothing to end.</summary>
    public static bool IsPreview(string token) => PreviewMail.IsToken(token);

    /// <summary>Ends the subscription and every delivery of it that has not begun; doing so again changes nothing.</summary>
    public Task<PersonalLink?> UnsubscribeAsync(string token, CancellationToken cancellationToken) => answers.UnsubscribeAsync(token, cancellationToken);

    /// <summary>All subscriptions, by address and cadence.</summary>
    public Task<IReadOnlyList<SubscriptionListing>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<SubscriptionListing>>(async connection =>
        {
            var found = await (
                from row in connection.GetTable<SubscriptionRow>()
                join subscriber in connection.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                select new { Subscription = row, subscriber.Email, subscriber.EmailKey }).ToListAsync(cancellationToken);
            return
            [
                .. found.OrderBy(one => one.EmailKey, StringComparer.Ordinal).ThenBy(one => one.Subscription.Cadence, StringComparer.Ordinal)
                    .Select(one => new SubscriptionListing(one.Email, one.Subscription.Cadence, one.Subscription.State, StoredList.Read(one.Subscription.Categories), Since(one.Subscription))),
            ];
        });

    private static DateTimeOffset Since(SubscriptionRow row) => row.State switch
    {
        SubscriptionState.Confirmed => row.ConfirmedAt ?? row.AskedAt,
        SubscriptionState.Left => row.LeftAt ?? row.AskedAt,
        _ => row.AskedAt,
    };
}
