namespace Feeds.Newsletter;

/// <summary>Everything that is kept of a subscriber. It is for their own eyes and the operator's, never for logs.</summary>
/// <param name="Address">As they wrote it; no name is kept.</param>
/// <param name="KnownSince">When the address was first typed, UTC.</param>
/// <param name="LastSeenAt">When they last confirmed, changed or chose anything, UTC.</param>
/// <param name="AskedAgainAt">When they were asked whether they still want it, and have not answered since, UTC.</param>
/// <param name="Subscriptions">One a newsletter, by name.</param>
/// <param name="Consent">Who agreed to what, when and how; oldest first.</param>
/// <param name="Deliveries">Every mail to them, oldest first.</param>
/// <param name="NotWrittenTo">Why nobody writes to the address, or null where one does.</param>
public sealed record HeldDocument(
    string Address,
    DateTimeOffset KnownSince,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? AskedAgainAt,
    IReadOnlyList<KeptSubscription> Subscriptions,
    IReadOnlyList<HeldConsent> Consent,
    IReadOnlyList<HeldDelivery> Deliveries,
    HeldSuppression? NotWrittenTo);

/// <summary>A subscription with all choices.</summary>
/// <param name="Newsletter">Its name.</param>
/// <param name="Title">What people read.</param>
/// <param name="Cadence">How often.</param>
/// <param name="State"><c>unconfirmed</c>, <c>confirmed</c> or <c>left</c>.</param>
/// <param name="Categories">First slugs of the categories wanted; empty for all.</param>
/// <param name="WithoutAuthors">Whose articles are left out.</param>
/// <param name="Language">Of the mail's own words; empty for the publication's.</param>
/// <param name="FullText">Articles in full.</param>
/// <param name="PlainText">No HTML.</param>
/// <param name="SendZone">Time zone of the chosen hour; empty for the newsletter's own time.</param>
/// <param name="SendHour">The chosen hour; null for the newsletter's own time.</param>
/// <param name="ToldUpTo">Number of the last article that they were told of.</param>
/// <param name="PausedUntil">Nothing is sent before, UTC; null where it isn't paused.</param>
/// <param name="AskedAt">When it was asked for, UTC.</param>
/// <param name="ConfirmedAt">When it was confirmed, UTC.</param>
/// <param name="LeftAt">When it ended, UTC.</param>
public sealed record KeptSubscription(
    string Newsletter,
    string Title,
    string Cadence,
    string State,
    IReadOnlyList<string> Categories,
    IReadOnlyList<string> WithoutAuthors,
    string Language,
    bool FullText,
    bool PlainText,
    string SendZone,
    int? SendHour,
    long ToldUpTo,
    DateTimeOffset? PausedUntil,
    DateTimeOffset AskedAt,
    DateTimeOffset? ConfirmedAt,
    DateTimeOffset? LeftAt);

/// <summary>A line of the consent record.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Newsletter">What it was about; empty for all.</param>
/// <param name="Kind">What was done, e.g. <c>confirmed</c>.</param>
/// <param name="Source">Where.</param>
/// <param name="Detail">What was shown or chosen.</param>
public sealed record HeldConsent(DateTimeOffset At, string Newsletter, string Kind, string Source, string Detail);

/// <summary>A mail to the subscriber.</summary>
/// <param name="Mailing">Of which edition, or which confirmation.</param>
/// <param name="Subject">What it said.</param>
/// <param name="Address">Where it went.</param>
/// <param name="State">Where it stands, e.g. <c>accepted</c>.</param>
/// <param name="At">When it came there, UTC.</param>
/// <param name="MessageId">Of the mail itself.</param>
public sealed record HeldDelivery(string Mailing, string Subject, string Address, string State, DateTimeOffset At, string MessageId);

/// <summary>Why nobody writes to the address.</summary>
/// <param name="Reason">E.g. <c>complaint</c>.</param>
/// <param name="Since">UTC.</param>
/// <param name="Detail">What was said of it, or null.</param>
public sealed record HeldSuppression(string Reason, DateTimeOffset Since, string? Detail);
