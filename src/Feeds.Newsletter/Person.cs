namespace Feeds.Newsletter;

/// <summary>What a subscriber has chosen of a newsletter.</summary>
public sealed record SubscriptionSettings
{
    /// <summary>Name of one of the newsletter's cadences.</summary>
    public required string Cadence { get; init; }

    /// <summary>Slugs of categories, of today or former ones; empty for all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Names of authors whose articles are left out.</summary>
    public IReadOnlyList<string> WithoutAuthors { get; init; } = [];

    /// <summary>At what time of the cadence's days.</summary>
    public SendTime Time { get; init; } = SendTime.OfCadence;

    /// <summary>BCP 47 tag of the mails’ own words, one of <see cref="Preferences.Languages"/>; empty for the publication’s.</summary>
    public string Language { get; init; } = "";

    /// <summary>Articles in full instead of their summaries.</summary>
    public bool FullText { get; init; }

    /// <summary>Mails without HTML.</summary>
    public bool PlainText { get; init; }
}

/// <summary>A newsletter that a person has or had.</summary>
/// <param name="Newsletter">What it offers now.</param>
/// <param name="State">Where the subscription stands.</param>
/// <param name="Settings">What was chosen.</param>
/// <param name="PausedUntil">Nothing with an earlier slot is sent; null where it isn't paused.</param>
/// <param name="CanReturn">Whether the person left so lately that it can be undone.</param>
public sealed record HeldSubscription(NewsletterOffer Newsletter, SubscriptionState State, SubscriptionSettings Settings, DateTimeOffset? PausedUntil, bool CanReturn)
{
    /// <summary>The cadence that was chosen.</summary>
    public Cadence Cadence => Newsletter.Cadences.First(cadence => string.Equals(cadence.Name, Settings.Cadence, StringComparison.Ordinal));
}

/// <summary>A subscriber, for the page where they decide.</summary>
/// <param name="Id">The subscriber's number.</param>
/// <param name="Email">The address with most letters replaced by dots.</param>
/// <param name="Language">BCP 47 tag that they read.</param>
/// <param name="Subscriptions">Confirmed and left ones, by title.</param>
/// <param name="Others">What they could join besides.</param>
public sealed record Person(long Id, string Email, string Language, IReadOnlyList<HeldSubscription> Subscriptions, IReadOnlyList<NewsletterOffer> Others);
