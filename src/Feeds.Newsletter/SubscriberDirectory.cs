using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter;

/// <summary>
/// Subscribers for programs and shells, by number: what the operator may see and do in somebody's stead. Each change names
/// its source in the consent record. Addresses are for the caller's eyes, never for logs.
/// </summary>
public sealed class SubscriberDirectory
{
    /// <summary>Most subscribers on a page.</summary>
    public const int MostAtOnce = 200;

    private readonly Database database;
    private readonly CadenceStore cadences;
    private readonly ArticleStore articles;
    private readonly Requests requests;
    private readonly Changes changes;
    private readonly Answers answers;
    private readonly JoinDoor door;
    private readonly TimeProvider clock;

    internal SubscriberDirectory(
        Database database, CadenceStore cadences, ArticleStore articles, Requests requests, Changes changes, Answers answers, JoinDoor door, TimeProvider clock)
    {
        (this.database, this.cadences, this.articles, this.requests) = (database, cadences, articles, requests);
        (this.changes, this.answers, this.door, this.clock) = (changes, answers, door, clock);
    }

    /// <summary>Subscribers by number, from a place on. Who comes or goes meanwhile moves nobody else.</summary>
    /// <param name="query">Whom.</param>
    /// <param name="after">The number of the last one of the page before; 0 for the first page.</param>
    /// <param name="limit">1 to <see cref="MostAtOnce"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SubscriberPage> ListAsync(SubscriberQuery query, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostAtOnce);
        var emailKey = query.Email is null ? null : MailAddressSyntax.Normalize(query.Email, out _)?.ToLowerInvariant();
        if ((query.Email is not null && emailKey is null) || (query.Newsletter is not null && !NewsletterOptionsCheck.IsName(query.Newsletter)))
        {
            return new SubscriberPage([], null);
        }

        var slugs = await SlugsAsync(cancellationToken);
        return await database.ReadSnapshotAsync(
            async connection =>
            {
                var people = connection.GetTable<SubscriberRow>().Where(row => row.Id > after);
                people = emailKey is null ? people : people.Where(row => row.EmailKey == emailKey);
                var (newsletter, state) = (query.Newsletter, query.State);
                people = newsletter is null && state is null
                    ? people
                    : people.Where(row => row.Subscriptions.Any(one => (newsletter == null || one.Newsletter == newsletter) && (state == null || one.State == state)));
                var found = await people.OrderBy(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
                var more = found.Count > limit;
                return new SubscriberPage(await ReadAsync(connection, [.. found.Take(limit)], slugs, cancellationToken), more ? found[limit - 1].Id : null);
            },
            cancellationToken);
    }

    /// <summary>The subscriber of that number, or null.</summary>
    public async Task<SubscriberEntry?> FindAsync(long id, CancellationToken cancellationToken)
    {
        var slugs = await SlugsAsync(cancellationToken);
        return await database.ReadSnapshotAsync(connection => FindAsync(connection, id, slugs, cancellationToken), cancellationToken);
    }

    /// <summary>Adds or changes a subscription that the operator vouches for; not of somebody who was erased.</summary>
    /// <param name="email">As it came.</param>
    /// <param name="cadence">Name of a cadence; it says which newsletter.</param>
    /// <param name="categories">Slugs; empty for all.</param>
    /// <param name="proof">Where and how they agreed, at most 190 characters; kept in the consent record. Null where nothing is said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SubscriberAnswer> AddAsync(string? email, string? cadence, IReadOnlyList<string> categories, string? proof, CancellationToken cancellationToken)
    {
        var (refusal, id) = await requests.AddConfirmedAsync(email, cadence, categories, proof is null ? Answers.Operator : $"{Answers.Operator}: {proof}", cancellationToken);
        return refusal is not null
            ? new SubscriberAnswer(refusal.IsErased ? SubscriberOutcome.Erased : SubscriberOutcome.Refused, refusal.ToOperator)
            : await FindAsync(id, cancellationToken) is { } entry ? new SubscriberAnswer(SubscriberOutcome.Done, null, entry) : SubscriberAnswer.Nobody;
    }

    /// <summary>
    /// Asks a person by mail to confirm, as the form of <c>/subscribe</c> does and within the same budgets; the caller counts as
    /// who shows as much as can be shown. Known and unknown addresses get the same answer.
    /// </summary>
    public Task<JoinAnswer> AskAsync(JoinForm form, CancellationToken cancellationToken) => door.AskVouchedAsync(form, cancellationToken);

    /// <summary>Changes what a subscriber gets of a newsletter; what is equal already is left alone. Nobody is subscribed by it.</summary>
    /// <param name="id">The subscriber's number.</param>
    /// <param name="newsletter">Its name.</param>
    /// <param name="settings">What they get from now on.</param>
    /// <param name="pausedUntil">Nothing with an earlier slot is sent, at most 366 days ahead; null for no pause.</param>
    /// <param name="versions">Those of <see cref="SubscriptionEntry.Version"/> that the change was decided upon; null for whichever there is.</param>
    /// <param name="source">Where it was done, for the consent record.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SubscriberAnswer> ChangeAsync(
        long id, string newsletter, SubscriptionSettings settings, DateTimeOffset? pausedUntil, IReadOnlyCollection<string>? versions, string source, CancellationToken cancellationToken)
    {
        if ((await FindAsync(id, cancellationToken))?.Subscriptions.FirstOrDefault(one => IsOf(one, newsletter)) is not { } before)
        {
            return SubscriberAnswer.Nobody;
        }

        var offer = (await cadences.NewslettersAsync(cancellationToken)).First(one => string.Equals(one.Name, newsletter, StringComparison.Ordinal));
        var (refusal, wanted) = await changes.CheckAsync(offer, before.Settings, settings, cancellationToken);
        var unknown = refusal is null ? settings.WithoutAuthors.Except(wanted.Choice.WithoutAuthors, StringComparer.Ordinal).FirstOrDefault() : null;
        if (refusal is not null || unknown is not null)
        {
            return new SubscriberAnswer(SubscriberOutcome.Refused, refusal?.ToOperator ?? "One of the authors to leave out has written nothing here; write names as articles have them.");
        }

        var until = pausedUntil is { } instant ? DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds()) : (DateTimeOffset?)null;
        if (until != before.PausedUntil && until > clock.GetUtcNow().AddDays(Changes.LongestPauseDays))
        {
            return new SubscriberAnswer(SubscriberOutcome.Refused, $"A pause ends within {Changes.LongestPauseDays} days.");
        }

        var slugs = await SlugsAsync(cancellationToken);
        return await WriteAsync(
            id,
            newsletter,
            versions,
            slugs,
            async (transaction, now) =>
            {
                if (now.State != SubscriptionState.Confirmed)
                {
                    return SubscriberOutcome.NotSubscribed;
                }

                if (!string.Equals(now.Stored!.Write(), wanted.Write(), StringComparison.Ordinal))
                {
                    await changes.TakeAsync(transaction, id, newsletter, wanted, source, cancellationToken);
                }

                if (now.PausedUntil != until)
                {
                    await changes.PauseAsync(transaction, id, newsletter, until, source, until is null ? "resumed" : $"paused until {until:yyyy-MM-dd'T'HH:mm:ss'Z'}", cancellationToken);
                }

                return SubscriberOutcome.Done;
            },
            cancellationToken);
    }

    /// <summary>Ends a subscription and every delivery of it that has not begun; doing so again changes nothing.</summary>
    /// <inheritdoc cref="ChangeAsync"/>
    public async Task<SubscriberAnswer> LeaveAsync(long id, string newsletter, IReadOnlyCollection<string>? versions, string source, CancellationToken cancellationToken) => await WriteAsync(
        id,
        newsletter,
        versions,
        await SlugsAsync(cancellationToken),
        async (transaction, _) =>
        {
            await answers.LeaveAsync(transaction, new LinkReference(id, newsletter, 0), ConsentKind.Left, source, cancellationToken);
            return SubscriberOutcome.Done;
        },
        cancellationToken);

    private Task<SubscriberAnswer> WriteAsync(
        long id, string newsletter, IReadOnlyCollection<string>? versions, IReadOnlyDictionary<string, string> slugs, Func<DataConnection, SubscriptionEntry, Task<SubscriberOutcome>> write, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAsync(database, newsletter, cancellationToken);
                if ((await FindAsync(transaction, id, slugs, cancellationToken))?.Subscriptions.FirstOrDefault(one => IsOf(one, newsletter)) is not { } now)
                {
                    return SubscriberAnswer.Nobody;
                }

                if (versions?.Contains(now.Version, StringComparer.Ordinal) == false)
                {
                    return new SubscriberAnswer(SubscriberOutcome.ChangedSince, "It was changed since you read it; read it again and decide anew.");
                }

                var outcome = await write(transaction, now);
                return new SubscriberAnswer(outcome, null, await FindAsync(transaction, id, slugs, cancellationToken));
            },
            cancellationToken);

    private static bool IsOf(SubscriptionEntry entry, string newsletter) => string.Equals(entry.Newsletter, newsletter, StringComparison.Ordinal);

    // A choice is stored by the category's first slug; people know the one of today.
    private async Task<IReadOnlyDictionary<string, string>> SlugsAsync(CancellationToken cancellationToken) =>
        (await articles.CategoriesAsync(cancellationToken)).ToDictionary(state => state.Category.FirstSlug, state => state.Category.Slug, StringComparer.Ordinal);

    private static async Task<SubscriberEntry?> FindAsync(DataConnection connection, long id, IReadOnlyDictionary<string, string> slugs, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, await connection.GetTable<SubscriberRow>().Where(row => row.Id == id).ToListAsync(cancellationToken), slugs, cancellationToken)) is [var found] ? found : null;

    private static async Task<IReadOnlyList<SubscriberEntry>> ReadAsync(
        DataConnection connection, IReadOnlyList<SubscriberRow> people, IReadOnlyDictionary<string, string> slugs, CancellationToken cancellationToken)
    {
        var ids = people.Select(person => person.Id).ToList();
        var rows = (await (
            from row in connection.GetTable<SubscriptionRow>()
            join choice in connection.GetTable<ChoiceRow>() on row.ChoiceId equals choice.Id
            where ids.Contains(row.SubscriberId)
            select new { Row = row, choice.Text }).ToListAsync(cancellationToken)).ToLookup(one => one.Row.SubscriberId, one => SubscriptionEntry.Of(one.Row, Choice.Read(one.Text), slugs));
        return [.. people.Select(person => new SubscriberEntry(person.Id, person.Email, person.CreatedAt, [.. rows[person.Id].OrderBy(one => one.Newsletter, StringComparer.Ordinal)]))];
    }
}
