using Feeds.Articles;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>
/// What people decide about themselves by the link of every mail, <c>preferences/{token}</c> below the publication's
/// address. The token is all the authority there is; one that isn't ours, or is for another purpose, finds nobody.
/// </summary>
public sealed class Preferences
{
    private const string Source = "preferences";
    private readonly Database database;
    private readonly CadenceStore cadences;
    private readonly Changes changes;
    private readonly LinkTokens tokens;
    private readonly Answers answers;
    private readonly IOptions<PublicationOptions> publication;
    private readonly TimeProvider clock;

    internal Preferences(
        Database database, CadenceStore cadences, Changes changes, LinkTokens tokens, Answers answers, IOptions<PublicationOptions> publication, TimeProvider clock)
    {
        this.database = database;
        this.cadences = cadences;
        this.changes = changes;
        this.tokens = tokens;
        this.answers = answers;
        this.publication = publication;
        this.clock = clock;
    }

    /// <summary>BCP 47 tags of the languages that mails can be in.</summary>
    public static IReadOnlyList<string> Languages => Phrases.Languages;

    /// <summary>Whose token it is and what they have; null for whatever is no token of ours. Changes nothing.</summary>
    public async Task<Person?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (LinkTokens.Read(await tokens.KeyAsync(cancellationToken), LinkPurpose.Preferences, token) is not { SubscriberId: var id, Request: var generation })
        {
            return null;
        }

        var offers = await cadences.NewslettersAsync(cancellationToken);
        // One question, so that all of it is of one moment: who has none has one row without a subscription.
        var rows = await database.ReadAsync(connection => (
            from subscriber in connection.GetTable<SubscriberRow>()
            from subscription in connection.GetTable<SubscriptionRow>().LeftJoin(row => row.SubscriberId == subscriber.Id && row.State != SubscriptionState.Unconfirmed)
            from choice in connection.GetTable<ChoiceRow>().LeftJoin(row => row.Id == subscription.ChoiceId)
            where subscriber.Id == id && subscriber.LinkGeneration == generation
            select new { subscriber.Email, Subscription = subscription, Choice = choice.Text }).ToListAsync(cancellationToken));
        if (rows.Count == 0)
        {
            return null;
        }

        var held = offers.SelectMany(offer => rows.Where(row => string.Equals(row.Subscription?.Newsletter, offer.Name, StringComparison.Ordinal)).Select(row => Held(offer, row.Subscription!, Choice.Read(row.Choice)))).ToList();
        var language = held.Select(one => one.Settings.Language).FirstOrDefault(one => one.Length > 0) ?? publication.Value.Language;
        return new Person(id, Answers.Mask(rows[0].Email), language, held, [.. offers.Where(offer => !offer.Private && !held.Exists(one => string.Equals(one.Newsletter.Name, offer.Name, StringComparison.Ordinal)))]);
    }

    /// <summary>Changes what a newsletter sends, or joins it: the address has been confirmed. What was new since the last edition stays new.</summary>
    /// <returns>Null, or a sentence in the person's language that says what to mend; then nothing has changed.</returns>
    public async Task<string?> ChangeAsync(string token, string newsletter, SubscriptionSettings settings, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } person)
        {
            return Phrases.Of(publication.Value.Language).CadenceUnknown;
        }

        var before = person.Subscriptions.FirstOrDefault(one => string.Equals(one.Newsletter.Name, newsletter, StringComparison.Ordinal));
        var offer = before?.Newsletter ?? person.Others.FirstOrDefault(one => string.Equals(one.Name, newsletter, StringComparison.Ordinal));
        var (refusal, wanted) = await changes.CheckAsync(offer, before?.Settings, settings, cancellationToken);
        if (refusal is not null)
        {
            return refusal.ToPerson(Phrases.Of(settings.Language.Length > 0 ? settings.Language : person.Language));
        }

        await changes.WriteAsync(newsletter, transaction => changes.TakeAsync(transaction, person.Id, newsletter, wanted, Source, cancellationToken), cancellationToken);
        return null;
    }

    /// <summary>Sends nothing of a newsletter with a slot before that day begins where the person is; null ends the pause. What was new meanwhile is in the next edition.</summary>
    /// <returns>Null, or a sentence in the person's language that says what to mend.</returns>
    public async Task<string?> PauseAsync(string token, string newsletter, DateOnly? until, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } person
            || person.Subscriptions.FirstOrDefault(one => string.Equals(one.Newsletter.Name, newsletter, StringComparison.Ordinal)) is not { } held)
        {
            return Phrases.Of(publication.Value.Language).CadenceUnknown;
        }

        var now = clock.GetUtcNow();
        DateTimeOffset? instant = null;
        if (until is { } day)
        {
            var zone = ZoneOf(held.Settings.Time, held.Cadence);
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
            if (day <= today || day > today.AddDays(Changes.LongestPauseDays))
            {
                return Phrases.Of(person.Language).PauseRefused;
            }

            // A midnight that the clocks skip: no slot is that near.
            var wall = day.ToDateTime(TimeOnly.MinValue);
            instant = new DateTimeOffset(wall, zone.GetUtcOffset(wall));
        }

        var detail = until is null ? "resumed" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"paused until {until:yyyy-MM-dd}");
        await changes.WriteAsync(newsletter, transaction => changes.PauseAsync(transaction, person.Id, newsletter, instant, Source, detail, cancellationToken), cancellationToken);
        return null;
    }

    /// <summary>Ends a newsletter, or all of them, and every delivery that has not begun; doing so again changes nothing.</summary>
    /// <param name="token">Of the person.</param>
    /// <param name="newsletter">Its name; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LeaveAsync(string token, string? newsletter, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not { } person)
        {
            return;
        }

        var leaving = person.Subscriptions.Select(one => one.Newsletter.Name).Where(name => newsletter is null || string.Equals(name, newsletter, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        await database.WriteAsync(
            async transaction =>
            {
                foreach (var name in leaving)
                {
                    await answers.LeaveAsync(transaction, new LinkReference(person.Id, name, 0), ConsentKind.Left, Source, cancellationToken);
                }
            },
            cancellationToken);
    }

    /// <summary>Takes back that the person left, for thirty days; doing so again changes nothing.</summary>
    public async Task ReturnAsync(string token, string newsletter, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is { } person)
        {
            await database.WriteAsync(transaction => answers.ReturnAsync(transaction, new LinkReference(person.Id, newsletter, 0), Source, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Says why the person left a newsletter, for the operator's eyes; the first answer counts.</summary>
    public async Task SayWhyAsync(string token, string newsletter, LeavingReason reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is { } person)
        {
            await database.WriteAsync(transaction => answers.SayWhyAsync(transaction, new LinkReference(person.Id, newsletter, 0), reason, Source, cancellationToken), cancellationToken);
        }
    }

    private HeldSubscription Held(NewsletterOffer offer, SubscriptionRow row, Choice choice)
    {
        // A cadence that the newsletter has no more can't be: they are never deleted.
        var settings = new SubscriptionSettings
        {
            Cadence = row.Cadence,
            Categories = choice.Categories,
            WithoutAuthors = choice.WithoutAuthors,
            Time = new SendTime(row.SendZone, row.SendHour),
            Language = choice.Language,
            FullText = choice.FullText,
            PlainText = choice.PlainText,
        };
        var now = clock.GetUtcNow();
        var canReturn = row is { State: SubscriptionState.Left, ConfirmedAt: not null, LeftAt: { } leftAt } && now < leftAt + Answers.UndoLife;
        return new HeldSubscription(offer, row.State, settings, row.PausedUntil > now ? row.PausedUntil : null, canReturn);
    }

    private TimeZoneInfo ZoneOf(SendTime time, Cadence cadence) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(time.IsOfCadence ? cadence.Zone : time.Zone, out var zone) ? zone : TimeZoneInfo.FindSystemTimeZoneById(publication.Value.TimeZone);
}
