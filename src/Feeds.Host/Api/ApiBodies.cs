using System.ComponentModel;
using System.Text.Json.Serialization;
using Feeds.Newsletter;

namespace Feeds.Host.Api;

[Description("What people can join.")]
internal sealed record NewsletterListBody([property: Description("By title.")] IReadOnlyList<NewsletterBody> Newsletters);

[Description("A newsletter.")]
internal sealed record NewsletterBody(
    [property: Description("What it is called in requests.")] string Name,
    [property: Description("What people read.")] string Title,
    [property: Description("Nobody can ask for it; only the operator adds people.")] bool Private,
    [property: Description("By name.")] IReadOnlyList<CadenceBody> Cadences,
    [property: Description("What can be chosen of it.")] IReadOnlyList<CategoryBody> Categories);

[Description("How often a newsletter goes out.")]
internal sealed record CadenceBody(
    [property: Description("What it is called in requests.")] string Name,
    [property: Description("What people read.")] string Title,
    [property: Description("Quartz cron expression.")] string Cron,
    [property: Description("IANA zone of the expression.")] string Zone,
    [property: Description("While true nothing goes out.")] bool Paused);

[Description("A category of articles.")]
internal sealed record CategoryBody([property: Description("What it is called in requests.")] string Slug, [property: Description("What people read.")] string Name);

[Description("Some subscribers.")]
internal sealed record SubscriberPageBody(
    [property: Description("By number.")] IReadOnlyList<SubscriberBody> Subscribers,
    [property: Description("Send it as `cursor` for the next page; null on the last.")] string? Next);

[Description("A person who has or had subscriptions.")]
internal sealed record SubscriberBody(
    [property: Description("Never another's, even after the person is erased.")] long Id,
    [property: Description("As they wrote it.")] string Email,
    [property: Description("When the address was first typed.")] DateTimeOffset CreatedAt,
    [property: Description("One a newsletter.")] IReadOnlyList<SubscriptionBody> Subscriptions)
{
    public static SubscriberBody Of(SubscriberEntry entry) => new(entry.Id, entry.Email, entry.CreatedAt, [.. entry.Subscriptions.Select(SubscriptionBody.Of)]);
}

[JsonConverter(typeof(JsonStringEnumConverter<StateBody>))]
[Description("Where a subscription stands.")]
internal enum StateBody
{
    [JsonStringEnumMemberName("unconfirmed")]
    Unconfirmed,

    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    [JsonStringEnumMemberName("left")]
    Left,
}

[Description("A subscription.")]
internal sealed record SubscriptionBody(
    [property: Description("Name of the newsletter.")] string Newsletter,
    StateBody State,
    SettingsBody Settings,
    [property: Description("When it was last asked for.")] DateTimeOffset AskedAt,
    [property: Description("When it was confirmed; null before.")] DateTimeOffset? ConfirmedAt,
    [property: Description("When it ended; null where it goes on.")] DateTimeOffset? LeftAt)
{
    public static SubscriptionBody Of(SubscriptionEntry entry) => new(
        entry.Newsletter,
        entry.State switch { SubscriptionState.Confirmed => StateBody.Confirmed, SubscriptionState.Left => StateBody.Left, _ => StateBody.Unconfirmed },
        SettingsBody.Of(entry),
        entry.AskedAt,
        entry.ConfirmedAt,
        entry.LeftAt);
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[Description("What a person gets. A member that is lacking has its default: a change replaces all.")]
internal sealed record SettingsBody(
    [property: Description("Name of one of the newsletter's cadences.")] string Cadence,
    [property: Description("Slugs; none for all. At most 200.")] IReadOnlyList<string>? Categories = null,
    [property: Description("Names of authors whose articles are left out. At most 200.")] IReadOnlyList<string>? WithoutAuthors = null,
    [property: Description("An hour of their own; null for the cadence's time.")] SendTimeBody? SendTime = null,
    [property: Description("BCP 47 tag of the mails' own words; empty for the publication's.")] string Language = "",
    [property: Description("Articles in full instead of their summaries.")] bool FullText = false,
    [property: Description("Mails without HTML.")] bool PlainText = false,
    [property: Description("Nothing that is due before is sent; null for no pause. At most 366 days ahead.")] DateTimeOffset? PausedUntil = null)
{
    private const int MostChosen = 200;

    /// <summary>Whether it can be looked at.</summary>
    [JsonIgnore]
    public bool IsBounded => (Categories?.Count ?? 0) <= MostChosen && (WithoutAuthors?.Count ?? 0) <= MostChosen
        && Cadence is not null && Language is not null && Categories?.Any(one => one is null) != true && WithoutAuthors?.Any(one => one is null) != true && SendTime is not { Zone: null };

    [JsonIgnore]
    public SubscriptionSettings Settings => new()
    {
        Cadence = Cadence,
        Categories = Categories ?? [],
        WithoutAuthors = WithoutAuthors ?? [],
        // An hour that is none must not become "none chosen".
        Time = SendTime is { } time ? new SendTime(time.Zone, time.Hour is >= 0 and <= 23 ? time.Hour : 24) : Newsletter.SendTime.OfCadence,
        Language = Language,
        FullText = FullText,
        PlainText = PlainText,
    };

    public static SettingsBody Of(SubscriptionEntry entry) => new(
        entry.Settings.Cadence,
        entry.Settings.Categories,
        entry.Settings.WithoutAuthors,
        entry.Settings.Time.IsOfCadence ? null : new SendTimeBody(entry.Settings.Time.Zone, entry.Settings.Time.Hour),
        entry.Settings.Language,
        entry.Settings.FullText,
        entry.Settings.PlainText,
        entry.PausedUntil);
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[Description("An hour of the day somewhere.")]
internal sealed record SendTimeBody([property: Description("IANA zone.")] string Zone, [property: Description("0 to 23.")] int Hour);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[Description("Who is looked for.")]
internal sealed record AddressBody([property: Description("The address, however its letters are written.")] string Email);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[Description("Who is to get what.")]
internal sealed record NewSubscriberBody(
    [property: Description("The address, at most 254 characters.")] string Email,
    [property: Description("Name of a cadence, which says of which newsletter.")] string Cadence,
    [property: Description("Slugs; none for all. At most 200.")] IReadOnlyList<string>? Categories = null,
    [property: Description("That and how they agreed already; without it they are asked by mail.")] ConsentBody? Consent = null,
    [property: Description("The network address of who typed it, so that the limits against abuse count them and not you.")] string? Visitor = null,
    [property: Description("The address is meant as it stands, however much it looks like a slip.")] bool Sure = false);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[Description("Consent that you can prove.")]
internal sealed record ConsentBody([property: Description("Where and how it was given, 1 to 190 characters: “checkout of shop.example, form of May 2026”.")] string Source);

[JsonConverter(typeof(JsonStringEnumConverter<AskedOutcomeBody>))]
internal enum AskedOutcomeBody
{
    [JsonStringEnumMemberName("asked")]
    Asked,
}

[Description("What became of it.")]
internal sealed record AskedBody([property: Description("A mail asks for confirmation, or asked lately; the same for known and unknown addresses.")] AskedOutcomeBody Outcome);
