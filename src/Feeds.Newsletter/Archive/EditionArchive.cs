using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Archive;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>Sent editions, to be read by anybody; those of private newsletters by whoever has the link of a mail. Reads only.</summary>
public sealed class EditionArchive
{
    private const int TitlesOfEach = 3;

    // Of all that is left out of a list: cancelled, or withdrawn as a whole.
    private const int MostReads = 10;

    private readonly Database database;
    private readonly CadenceStore cadences;
    private readonly ArticleStore articles;
    private readonly ArticlePages titles;
    private readonly MailingControl mailings;
    private readonly LinkTokens tokens;
    private readonly IOptions<PublicationOptions> publication;

    internal EditionArchive(
        Database database, CadenceStore cadences, ArticleStore articles, ArticlePages titles, MailingControl mailings, LinkTokens tokens, IOptions<PublicationOptions> publication)
    {
        this.database = database;
        this.cadences = cadences;
        this.articles = articles;
        this.titles = titles;
        this.mailings = mailings;
        this.tokens = tokens;
        this.publication = publication;
    }

    /// <summary>The newsletters that have an archive, by title: those that anybody may ask for.</summary>
    public async Task<IReadOnlyList<NewsletterOffer>> NewslettersAsync(CancellationToken cancellationToken) =>
        [.. (await cadences.NewslettersAsync(cancellationToken)).Where(newsletter => !newsletter.Private && newsletter.Cadences.Count > 0)];

    /// <summary>The newsletter of that name; null where there is none, or it is private.</summary>
    public async Task<NewsletterOffer?> FindNewsletterAsync(string name, CancellationToken cancellationToken) =>
        (await NewslettersAsync(cancellationToken)).FirstOrDefault(newsletter => string.Equals(newsletter.Name, name, StringComparison.Ordinal));

    /// <summary>Its sent editions, but for those of which nothing is left.</summary>
    /// <param name="newsletter">One of <see cref="FindNewsletterAsync"/>.</param>
    /// <param name="before">Slug of the edition to begin after; from the newest where null.</param>
    /// <param name="count">At most so many, 1–100.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there is no edition of that slug.</returns>
    public async Task<EditionList?> ListAsync(NewsletterOffer newsletter, string? before, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100);
        Sent? last = null;
        if (before is not null && (last = await FindSentAsync(newsletter.Name, before, cancellationToken)) is null)
        {
            return null;
        }

        var found = new List<EditionEntry>();
        for (var read = 0; read < MostReads; read++)
        {
            var page = await PageAsync(newsletter.Name, last, count + 1, cancellationToken);
            found.AddRange(await EntriesAsync(newsletter, page, cancellationToken));
            if (found.Count > count || page.Count <= count)
            {
                break;
            }

            last = page[^1];
        }

        return new EditionList([.. found.Take(count)], found.Count > count);
    }

    /// <summary>The sent edition of that slug, as somebody gets it who wants everything; null where there is none or nothing is left of it.</summary>
    public async Task<EditionText?> FindAsync(NewsletterOffer newsletter, string slug, CancellationToken cancellationToken)
    {
        if (await FindSentAsync(newsletter.Name, slug, cancellationToken) is not { } sent || (await mailings.CancelledAsync([sent.MailingKey], cancellationToken)).Count > 0)
        {
            return null;
        }

        var (shown, more) = await ReadAsync(CohortRow.Read(sent.Row.Articles), sent.Row.Shown, cancellationToken);
        return shown.Count == 0 ? null : new EditionText(Title(newsletter, sent), DayOf(sent), sent.MadeAt, publication.Value.Language, FullText: false, shown, more);
    }

    /// <summary>What the mail told of whose link has that token; null where it is none of ours.</summary>
    public async Task<EditionView?> FindViewAsync(string? token, CancellationToken cancellationToken)
    {
        if (LinkTokens.Read(await tokens.KeyAsync(cancellationToken), LinkPurpose.View, token) is not { } reference
            || await cadences.FindAsync(reference.Newsletter, cancellationToken) is not { } cadence)
        {
            return null;
        }

        var slot = DateTimeOffset.FromUnixTimeMilliseconds(reference.SubscriberId);
        var found = await database.ReadAsync(connection => (
            from edition in connection.GetTable<EditionRow>()
            join cohort in connection.GetTable<CohortRow>() on edition.Id equals cohort.EditionId
            where edition.Cadence == cadence.Name && edition.Slot == slot && cohort.Part == reference.Request
            select new { edition.MadeAt, Cohort = cohort }).FirstOrDefaultAsync(cancellationToken));
        var archive = (await FindNewsletterAsync(cadence.Newsletter, cancellationToken))?.Name;
        if (found is null)
        {
            return new EditionView(null, archive, publication.Value.Language);
        }

        var form = found.Cohort.ReadForm(slot, publication.Value);
        var (shown, more) = await ReadAsync(found.Cohort.ReadArticles(), found.Cohort.Shown, cancellationToken);
        return new EditionView(shown.Count == 0 ? null : new EditionText(cadence.Title, form.Day, found.MadeAt, form.Language, form.FullText, shown, more), archive, form.Language);
    }

    /// <summary>As an edition that is still open is revised: who comes after a withdrawn article moves up.</summary>
    private async Task<(IReadOnlyList<Article> Shown, int More)> ReadAsync(IReadOnlyList<long> told, int most, CancellationToken cancellationToken)
    {
        var hidden = await HiddenAsync(told, cancellationToken);
        var kept = told.Where(sequence => !hidden.Contains(sequence)).ToList();
        var shown = kept.Take(most).ToList();
        var read = (await articles.PublishedAsync(shown, cancellationToken)).ToDictionary(article => article.Sequence);
        return ([.. shown.Where(read.ContainsKey).Select(sequence => read[sequence])], kept.Count - shown.Count);
    }

    private async Task<HashSet<long>> HiddenAsync(IReadOnlyList<long> told, CancellationToken cancellationToken) =>
        told.Count == 0 ? [] : (await articles.HiddenAsync(told.Min() - 1, told.Max(), cancellationToken)).ToHashSet();

    private async Task<IReadOnlyList<EditionEntry>> EntriesAsync(NewsletterOffer newsletter, IReadOnlyList<Sent> page, CancellationToken cancellationToken)
    {
        var cancelled = await mailings.CancelledAsync([.. page.Select(sent => sent.MailingKey)], cancellationToken);
        var told = page.Where(sent => !cancelled.Contains(sent.MailingKey, StringComparer.Ordinal)).Select(sent => (Sent: sent, Articles: CohortRow.Read(sent.Row.Articles))).ToList();
        var hidden = await HiddenAsync([.. told.SelectMany(one => one.Articles)], cancellationToken);
        var kept = told.ConvertAll(one => (one.Sent, Articles: one.Articles.Where(sequence => !hidden.Contains(sequence)).ToList()));
        var known = await titles.TitlesAsync([.. kept.SelectMany(one => one.Articles.Take(TitlesOfEach)).Distinct()], cancellationToken);
        return
        [
            .. kept.Select(one => new EditionEntry(
                    one.Sent.Row.Slug,
                    Title(newsletter, one.Sent),
                    DayOf(one.Sent),
                    one.Sent.MadeAt,
                    [.. one.Articles.Take(TitlesOfEach).Where(known.ContainsKey).Select(sequence => known[sequence])],
                    one.Articles.Count))
                .Where(entry => entry.Titles.Count > 0),
        ];
    }

    private Task<List<Sent>> PageAsync(string newsletter, Sent? after, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(connection =>
        {
            var all = Editions(connection, newsletter);
            var (slot, id) = (after?.Row.Slot ?? default, after?.Row.EditionId ?? 0);
            return (after is null ? all : all.Where(sent => sent.Row.Slot < slot || (sent.Row.Slot == slot && sent.Row.EditionId < id)))
                .OrderByDescending(sent => sent.Row.Slot).ThenByDescending(sent => sent.Row.EditionId).Take(count).ToListAsync(cancellationToken);
        });

    private async Task<Sent?> FindSentAsync(string newsletter, string slug, CancellationToken cancellationToken) =>
        // PostgreSQL refuses to look for some of what strangers type, such as NUL.
        slug.Length > 100 || !slug.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            ? null
            : await database.ReadAsync(connection => Editions(connection, newsletter).FirstOrDefaultAsync(sent => sent.Row.Slug == slug, cancellationToken));

    private static IQueryable<Sent> Editions(DataConnection connection, string newsletter) =>
        from row in connection.GetTable<ArchivedEditionRow>()
        join edition in connection.GetTable<EditionRow>() on row.EditionId equals edition.Id
        where row.Newsletter == newsletter && edition.MailingKey != null
        select new Sent { Row = row, Cadence = edition.Cadence, MailingKey = edition.MailingKey!, MadeAt = edition.MadeAt };

    private static string Title(NewsletterOffer newsletter, Sent sent) =>
        newsletter.Cadences.FirstOrDefault(cadence => string.Equals(cadence.Name, sent.Cadence, StringComparison.Ordinal))?.Title ?? newsletter.Title;

    private static DateOnly DayOf(Sent sent) => DateOnly.ParseExact(sent.Row.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class Sent
    {
        public required ArchivedEditionRow Row { get; init; }

        public required string Cadence { get; init; }

        public required string MailingKey { get; init; }

        public required DateTimeOffset MadeAt { get; init; }
    }
}
