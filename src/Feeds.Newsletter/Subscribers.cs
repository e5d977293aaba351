using Feeds.Storage;

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

/// <summary>Who gets what.</summary>
public sealed class Subscribers(Database database)
{
    /// <summary>
    /// Asks a person by mail to confirm; nothing is sent before they do. Known and unknown addresses get the same answer.
    /// </summary>
    /// <param name="email">As typed.</param>
    /// <param name="cadence">Name of a cadence.</param>
    /// <param name="categories">Slugs; empty means all of the cadence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or a sentence in the publication's language why the form can't be taken: address, cadence or category.</returns>
    public Task<string?> AskAsync(string? email, string? cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) => throw new NotImplementedException($"{database}");

    /// <summary>Adds or changes a subscription that the operator vouches for.</summary>
    /// <returns>Null, or why not.</returns>
    public Task<string?> AddConfirmedAsync(string email, string cadence, IReadOnlyList<string> categories, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What the confirmation link's token is about, or null where it is none of ours. Changes nothing.</summary>
    public Task<PersonalLink?> FindConfirmationAsync(string token, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Confirms; doing so again changes nothing.</summary>
    public Task<PersonalLink?> ConfirmAsync(string token, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What the unsubscribe link's token is about, or null where it is none of ours. Changes nothing.</summary>
    public Task<PersonalLink?> FindUnsubscribeAsync(string token, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends the subscription and every delivery of it that has not begun; doing so again changes nothing.</summary>
    public Task<PersonalLink?> UnsubscribeAsync(string token, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>All subscriptions, by address and cadence.</summary>
    public Task<IReadOnlyList<SubscriptionListing>> ListAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
