using System.Net;
using Feeds.Newsletter.Joining;
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

/// <summary>Why a person left, where they say so.</summary>
public enum LeavingReason
{
    /// <summary>More mails than they have time for.</summary>
    TooOften,

    /// <summary>About other things than they hoped.</summary>
    NotForMe,

    /// <summary>They don't know why they got it.</summary>
    NeverAsked,

    /// <summary>None of these.</summary>
    Other,
}

/// <summary>How often a reason was given for leaving a newsletter.</summary>
public sealed record LeavingCount(string Newsletter, LeavingReason Reason, int Count);

/// <summary>One subscription, for lists. The address is for the operator's eyes, never for logs.</summary>
public sealed record SubscriptionListing(string Email, string Newsletter, string Cadence, SubscriptionState State, IReadOnlyList<string> Categories, DateTimeOffset Since);

/// <summary>What a personal link is about, for the page it opens.</summary>
/// <param name="Email">The person's address with most letters replaced by dots.</param>
/// <param name="Title">The newsletter that the link confirms or ends.</param>
/// <param name="State">Where the subscription stands now.</param>
/// <param name="Others">Titles of what else goes to the person.</param>
/// <param name="CanReturn">Whether the person left so lately that it can be undone.</param>
public sealed record PersonalLink(string Email, string Title, SubscriptionState State, IReadOnlyList<string> Others, bool CanReturn);

/// <summary>
/// Who gets what. Personal links are <c>confirm/{token}</c> and <c>unsubscribe/{token}</c> below the publication's address.
/// </summary>
public sealed class Subscribers
{
    private readonly Database database;
    private readonly Requests requests;
    private readonly Answers answers;
    private readonly JoinDoor door;
    private readonly JoinForms forms;

    internal Subscribers(Database database, Requests requests, Answers answers, JoinDoor door, JoinForms forms)
    {
        this.door = door;
        this.forms = forms;
        this.database = database;
        this.requests = requests;
        this.answers = answers;
    }

    /// <summary>
    /// Takes a request durably; the worker then asks the person by mail to confirm, and nothing else is sent before they do.
    /// Known and unknown addresses get the same answer after the same work. An address gets one such mail a day at most;
    /// requests in between leave the mailed one as it is. Who is subscribed already is told so by mail, and other categories
    /// take force only when confirmed. Who doesn't answer is reminded once, and forgotten after seven days.
    /// </summary>
    public Task<JoinAnswer> AskAsync(JoinForm form, CancellationToken cancellationToken) => door.AskAsync(form, cancellationToken);

    /// <summary>What a page with the form is to carry.</summary>
    /// <param name="from">The network address of who asks for the page.</param>
    /// <param name="earlier">The token of the form, where it is shown once more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<JoinTicket> IssueFormAsync(IPAddress? from, string? earlier, CancellationToken cancellationToken) => forms.IssueAsync(from, earlier, cancellationToken);

    /// <summary>Adds or changes a subscription that the operator vouches for; not of somebody who was erased.</summary>
    /// <returns>Null, or why not: an English sentence for the operator, with what there is to choose from.</returns>
    public async Task<string?> AddConfirmedAsync(string email, string cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) =>
        (await requests.AddConfirmedAsync(email, cadence, categories, Answers.Operator, cancellationToken)).Refusal?.ToOperator;

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

    /// <summary>Says why the person left, for the operator's eyes; the first answer counts.</summary>
    public Task<PersonalLink?> SayWhyAsync(string token, LeavingReason reason, CancellationToken cancellationToken) => answers.SayWhyAsync(token, reason, cancellationToken);

    /// <summary>Why people left since then, most frequent first.</summary>
    public Task<IReadOnlyList<LeavingCount>> ReasonsAsync(DateTimeOffset since, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<LeavingCount>>(
        async connection => [.. (await connection.GetTable<ConsentRow>().Where(row => row.Kind == ConsentKind.Reason && row.At >= since)
                .GroupBy(row => new { row.Newsletter, row.Detail }).Select(group => new { group.Key.Newsletter, group.Key.Detail, Count = group.Count() }).ToListAsync(cancellationToken))
            .Where(row => Enum.TryParse<LeavingReason>(row.Detail, out _))
            .Select(row => new LeavingCount(row.Newsletter, Enum.Parse<LeavingReason>(row.Detail), row.Count)).OrderByDescending(row => row.Count).ThenBy(row => row.Newsletter, StringComparer.Ordinal)]);

    /// <summary>Takes back that the person left, for thirty days; doing so again changes nothing.</summary>
    public Task<PersonalLink?> ReturnAsync(string token, CancellationToken cancellationToken) => answers.ReturnAsync(token, cancellationToken);

    /// <summary>All subscriptions, by address and newsletter.</summary>
    public Task<IReadOnlyList<SubscriptionListing>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<SubscriptionListing>>(async connection =>
        {
            var found = await (
                from row in connection.GetTable<SubscriptionRow>()
                join subscriber in connection.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                join choice in connection.GetTable<ChoiceRow>() on row.ChoiceId equals choice.Id
                select new { Subscription = row, subscriber.Email, subscriber.EmailKey, Choice = choice.Text }).ToListAsync(cancellationToken);
            return
            [
                .. found.OrderBy(one => one.EmailKey, StringComparer.Ordinal).ThenBy(one => one.Subscription.Newsletter, StringComparer.Ordinal)
                    .Select(one => new SubscriptionListing(
                        one.Email, one.Subscription.Newsletter, one.Subscription.Cadence, one.Subscription.State, Choice.Read(one.Choice).Categories, Since(one.Subscription))),
            ];
        });

    private static DateTimeOffset Since(SubscriptionRow row) => row.State switch
    {
        SubscriptionState.Confirmed => row.ConfirmedAt ?? row.AskedAt,
        SubscriptionState.Left => row.LeftAt ?? row.AskedAt,
        _ => row.AskedAt,
    };
}
