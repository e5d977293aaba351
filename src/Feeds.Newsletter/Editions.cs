using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter;

/// <summary>Where an edition stands.</summary>
public enum EditionState
{
    /// <summary>Frozen with its audience; deliveries are open.</summary>
    Sending,

    /// <summary>No delivery is open any more.</summary>
    Done,

    /// <summary>Deliveries are open, and none is begun until it is resumed (<see cref="MailingControl"/>).</summary>
    Paused,

    /// <summary>It was stopped for good before all of it was sent.</summary>
    Cancelled,

    /// <summary>Too little was new; nothing was sent and the articles wait for the next slot.</summary>
    Skipped,
}

/// <summary>One edition, for lists.</summary>
/// <param name="Cadence">Its cadence's name.</param>
/// <param name="Slot">The planned instant (UTC).</param>
/// <param name="State">Derived from the counts and from where its mailing stands.</param>
/// <param name="Articles">How many articles were new.</param>
/// <param name="Counts">Deliveries by state.</param>
public sealed record EditionListing(string Cadence, DateTimeOffset Slot, EditionState State, int Articles, DeliveryCounts Counts);

/// <summary>What making an edition came to.</summary>
/// <param name="MadeNow">False where that slot had its edition already.</param>
/// <param name="MailingKey">For <see cref="DeliveryLoop.DeliverAsync"/>; null where it was skipped or nobody gets it.</param>
/// <param name="Edition">The edition of the slot.</param>
public sealed record EditionResult(bool MadeNow, string? MailingKey, EditionListing Edition);

/// <summary>Makes editions: what is new by the publication sequence, for whom, rendered once per distinct content.</summary>
public sealed class Editions
{
    private const int Attempts = 10;

    // Of articles with their texts, which somebody who was away for long may have missed by the thousand.
    private const int PageSize = 200;
    private static readonly DeliveryCounts Nobody = new(0, 0, 0, 0, 0, 0, 0);
    private static readonly MailingStanding NoMailing = new("", MailingState.Sending, null, null, 0, Nobody);

    private readonly Database database;
    private readonly CadenceStore cadences;
    private readonly ArticleStore articles;
    private readonly MailingControl mailings;
    private readonly LinkTokens tokens;
    private readonly MailWriter writer;
    private readonly EditionFreezer freezer;
    private readonly PreviewMail preview;
    private readonly ILogger<Editions> log;

    internal Editions(
        Database database, CadenceStore cadences, ArticleStore articles, MailingControl mailings, LinkTokens tokens, MailWriter writer, EditionFreezer freezer, PreviewMail preview, ILogger<Editions> log)
    {
        this.database = database;
        this.cadences = cadences;
        this.articles = articles;
        this.mailings = mailings;
        this.tokens = tokens;
        this.writer = writer;
        this.freezer = freezer;
        this.preview = preview;
        this.log = log;
    }

    /// <summary>
    /// Makes the edition of that slot, frozen with its audience, in one transaction; delivery follows on its own. A slot
    /// has one edition however often and by however many processes it is asked for. A paused cadence makes none by its schedule, but does when asked here.
    /// An article that is edited afterwards stays in it as it was; one that is withdrawn is taken out of what is not sent
    /// yet, for good, and whoever had nothing else gets no mail (<see cref="DeliveryCounts.Withdrawn"/>).
    /// </summary>
    /// <returns>Null where there is no such cadence.</returns>
    public Task<EditionResult?> MakeAsync(string cadence, DateTimeOffset slot, CancellationToken cancellationToken) => MakeAsync(cadence, slot, null, cancellationToken);

    /// <summary>Makes the edition of that slot as the other overload does, for those of the cadence's subscribers who chose one of the times.</summary>
    /// <inheritdoc cref="MakeAsync(string, DateTimeOffset, CancellationToken)"/>
    public async Task<EditionResult?> MakeAsync(string cadence, DateTimeOffset slot, IReadOnlyCollection<SendTime>? times, CancellationToken cancellationToken)
    {
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(slot.ToUnixTimeMilliseconds());
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await cadences.FindRowAsync(cadence, cancellationToken) is not { } row)
            {
                return null;
            }

            if (await FindRowAsync(cadence, instant, cancellationToken) is { } existing)
            {
                return await ResultAsync(existing, false, cancellationToken);
            }

            var invited = new Invited(cadence, row.Newsletter, instant, times);
            var groups = await database.ReadSnapshotAsync(connection => Audience.GroupsAsync(connection, invited, cancellationToken), cancellationToken);
            var cut = await CutAsync(row, groups.Select(group => group.Position).Append(row.ArchivedSequence).Min(), cancellationToken);
            var cohorts = await Cohorts.RenderAsync(writer, articles, cut, instant, groups, await tokens.KeyAsync(cancellationToken), cancellationToken);
            if (cohorts.Parts.Count == 0 && cut.News < cut.Cadence.MinimumArticles)
            {
                var (skipped, madeNow) = await freezer.SkipAsync(cut, cohorts, invited, cancellationToken);
                log.EditionSkipped(cadence, instant, cut.News, cut.Cadence.MinimumArticles);
                return await ResultAsync(skipped, madeNow, cancellationToken);
            }

            if (await freezer.FreezeAsync(cut, cohorts, invited, cancellationToken) is { } frozen)
            {
                var result = await ResultAsync(frozen.Row, frozen.MadeNow, cancellationToken);
                log.EditionFrozen(cadence, instant, result.Edition.Articles, result.Edition.Counts.Total);
                return result;
            }

            log.EditionBegunAnew(cadence, instant);
        }

        throw new InvalidOperationException($"The edition of {cadence} for {instant:u} could not be frozen: its cadence or its subscribers changed {Attempts} times meanwhile. Ask for it again.");
    }

    /// <summary>Writes the mail that a subscriber to everything would get at that instant; changes nothing.</summary>
    /// <returns>False where there is no such cadence or nothing new for it.</returns>
    public async Task<bool> PreviewAsync(string cadence, DateTimeOffset at, Stream target, CancellationToken cancellationToken)
    {
        if (await cadences.FindRowAsync(cadence, cancellationToken) is not { } row || await CutAsync(row, row.LastSequence, cancellationToken) is not { News: > 0 } cut)
        {
            return false;
        }

        await preview.WriteAsync(cut, at, target, cancellationToken);
        return true;
    }

    /// <summary>The edition of that slot; null where there is none.</summary>
    public async Task<EditionResult?> FindAsync(string cadence, DateTimeOffset slot, CancellationToken cancellationToken) =>
        NewsletterOptionsCheck.IsName(cadence) && await FindRowAsync(cadence, DateTimeOffset.FromUnixTimeMilliseconds(slot.ToUnixTimeMilliseconds()), cancellationToken) is { } row
            ? await ResultAsync(row, false, cancellationToken)
            : null;

    /// <summary>The newest editions, newest slot first, at most <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<EditionListing>> ListAsync(int count, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(connection => connection.GetTable<EditionRow>()
            .OrderByDescending(row => row.Slot).ThenBy(row => row.Cadence).Take(count).ToListAsync(cancellationToken));
        var counts = await mailings.FindAsync([.. rows.Select(row => row.MailingKey).OfType<string>()], cancellationToken);
        return [.. rows.Select(row => Listing(row, counts))];
    }

    /// <param name="row">Whose edition it is to be.</param>
    /// <param name="told">Everybody in its audience was told up to here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<Cut> CutAsync(CadenceRow row, long told, CancellationToken cancellationToken)
    {
        var cadence = row.ToCadence();
        var state = await articles.StateAsync(cancellationToken);
        var to = Math.Max(row.LastSequence, state.Sequence);
        var from = Math.Min(told, row.LastSequence);
        var briefs = new List<ArticleBrief>();
        for (var after = from; after < to; after += PageSize)
        {
            briefs.AddRange((await articles.PublishedAsync(after, Math.Min(to, after + PageSize), cancellationToken)).Where(cadence.Tells).Select(ArticleBrief.Of));
        }

        return new Cut(cadence, from, to, row.LastSequence, state.ChangedIn, [.. briefs.OrderBy(article => article.Sequence)]);
    }

    private Task<EditionRow?> FindRowAsync(string cadence, DateTimeOffset slot, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.GetTable<EditionRow>().FirstOrDefaultAsync(row => row.Cadence == cadence && row.Slot == slot, cancellationToken));

    private async Task<EditionResult> ResultAsync(EditionRow row, bool madeNow, CancellationToken cancellationToken)
    {
        string[] keys = row.MailingKey is { } key ? [key] : [];
        return new EditionResult(madeNow, row.MailingKey, Listing(row, await mailings.FindAsync(keys, cancellationToken)));
    }

    private static EditionListing Listing(EditionRow row, IReadOnlyDictionary<string, MailingStanding> standings)
    {
        var known = row.MailingKey is { } key && standings.TryGetValue(key, out var found) ? found : NoMailing;
        var state = row.Skipped ? EditionState.Skipped
            : known.State == MailingState.Cancelled ? EditionState.Cancelled
            : known.Counts.Open == 0 ? EditionState.Done
            : known.State == MailingState.Paused ? EditionState.Paused
            : EditionState.Sending;
        return new EditionListing(row.Cadence, row.Slot, state, row.Articles, known.Counts);
    }
}
