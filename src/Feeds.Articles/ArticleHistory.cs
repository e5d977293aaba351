using Feeds.Articles.Store;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>The young end of a feed's history.</summary>
/// <param name="Articles">Newest first (then by higher sequence).</param>
/// <param name="NewestArchive">The archive that holds what comes next; 0 where these are all.</param>
public sealed record RecentArticles(IReadOnlyList<Article> Articles, long NewestArchive);

/// <summary>A part of a feed's history that gets no other articles any more.</summary>
/// <param name="Articles">What is still public of it, newest first (then by higher sequence); it may be empty.</param>
/// <param name="ChangedAt">When one of its articles last changed or went, or all feeds did (UTC, whole seconds); it only moves forward.</param>
public sealed record ArchivedArticles(IReadOnlyList<Article> Articles, DateTimeOffset ChangedAt);

/// <summary>A complete archive and who has the places in it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Articles">The store's own numbers, in the order of the places; public or not.</param>
public sealed record ArchivePlaces(long Number, IReadOnlyList<long> Articles);

/// <summary>What an archive has to know of an article that has a place in it.</summary>
/// <param name="Id">The store's own number.</param>
/// <param name="Public">The article, or null where the public may read it no more.</param>
/// <param name="ChangedAt">When it last changed or went, or all feeds did (UTC, whole seconds).</param>
public sealed record PlacedArticle(long Id, Article? Public, DateTimeOffset ChangedAt);

/// <summary>An article that readers see differently since some change of the store.</summary>
/// <param name="Slug">Of its page.</param>
/// <param name="Places">Where it stands in the feeds of categories, by their slugs.</param>
/// <param name="Sequence">Its place in the publication's own feed.</param>
public sealed record SeenChange(string Slug, long Sequence, IReadOnlyList<(string Category, long Place)> Places)
{
    /// <summary>The same by the slugs that these categories had before they were renamed.</summary>
    public IReadOnlyList<(string Category, long Place)> FormerPlaces { get; init; } = [];

    /// <summary>Of pages that lead to it, since it was renamed.</summary>
    public IReadOnlyList<string> FormerSlugs { get; init; } = [];
}

/// <summary>
/// The history of the publication and of each category, cut into archives of <see cref="ArchiveLength"/> places (RFC 5005
/// §4). Articles take their places in the order in which they became public there, and never move.
/// </summary>
public sealed class ArticleHistory(Database database, IOptions<PublicationOptions> publication)
{
    /// <summary>Places in an archive. Archive n, from 1, holds the places (16(n-1), 16n].</summary>
    public const int ArchiveLength = 16;

    /// <summary>
    /// The articles that no archive needs to hold: at least <paramref name="atLeast"/> where there are so many, at most 15
    /// more.
    /// </summary>
    /// <param name="category">Of one category only, or of all where null.</param>
    /// <param name="atLeast">1–100.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<RecentArticles> RecentAsync(Category? category, int atLeast, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atLeast, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(atLeast, 100);
        return database.ReadSnapshotAsync(
            async connection =>
            {
                var places = await Public(connection, category).OrderByDescending(placed => placed.Place).Select(placed => placed.Place).Take(atLeast).ToListAsync(cancellationToken);
                // Where fewer are left than a feed shall have, it goes back to the beginning.
                var archive = places.Count < atLeast ? 0 : (places[^1] - 1) / ArchiveLength;
                return new RecentArticles(await ReadAsync(connection, category, archive * ArchiveLength, long.MaxValue, cancellationToken), archive);
            },
            cancellationToken);
    }

    /// <summary>The archive of that number, or null where it is not complete yet.</summary>
    public Task<ArchivedArticles?> ArchiveAsync(Category? category, long number, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync(
            async connection =>
            {
                var state = await connection.GetTable<PublicationRow>().SingleAsync(cancellationToken);
                var given = category is null ? state.Sequence : await connection.GetTable<CategoryRow>().Where(row => row.Id == category.Id).Select(row => row.Places).SingleOrDefaultAsync(cancellationToken);
                if (number < 1 || number > given / ArchiveLength)
                {
                    return null;
                }

                var (after, upTo) = ((number - 1) * ArchiveLength, number * ArchiveLength);
                var changed = await Placed(connection, category).Where(placed => placed.Place > after && placed.Place <= upTo).MaxAsync(placed => placed.Article.ChangedAt, cancellationToken);
                var articles = await ReadAsync(connection, category, after, upTo, cancellationToken);
                return new ArchivedArticles(articles, changed > state.SettingsChangedAt ? changed : state.SettingsChangedAt);
            },
            cancellationToken);

    /// <summary>The complete archives, for whoever needs many of them: the articles are then read by <see cref="PlacedAsync"/>.</summary>
    /// <param name="category">Of one category only, or of all where null.</param>
    /// <param name="numbers">Those of these only, or all where null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<ArchivePlaces>> ArchivesAsync(Category? category, IReadOnlySet<long>? numbers, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ArchivePlaces>>(async connection =>
        {
            var (after, upTo) = numbers is null ? (0, long.MaxValue) : numbers.Count == 0 ? (0, 0) : ((numbers.Min() - 1) * ArchiveLength, numbers.Max() * ArchiveLength);
            var places = category is null
                ? connection.GetTable<ArticleRow>().Where(row => row.Sequence > after && row.Sequence <= upTo).Select(row => new { Place = row.Sequence!.Value, row.Id })
                : connection.GetTable<FeedPlaceRow>().Where(row => row.CategoryId == category.Id && row.Place > after && row.Place <= upTo).Select(row => new { row.Place, Id = row.ArticleId });
            return [.. (await places.OrderBy(place => place.Place).ToListAsync(cancellationToken))
                .GroupBy(place => ((place.Place - 1) / ArchiveLength) + 1, place => place.Id)
                .Where(archive => archive.Count() == ArchiveLength && numbers?.Contains(archive.Key) != false)
                .Select(archive => new ArchivePlaces(archive.Key, [.. archive]))];
        });

    /// <summary>The articles of these numbers of the store, in any order.</summary>
    public Task<IReadOnlyList<PlacedArticle>> PlacedAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync<IReadOnlyList<PlacedArticle>>(
            async connection =>
            {
                var settings = await connection.GetTable<PublicationRow>().Select(row => row.SettingsChangedAt).SingleAsync(cancellationToken);
                var articles = await new ArticleReading(publication.Value).ReadRowsAsync(connection, connection.GetTable<ArticleRow>().Where(row => ids.Contains(row.Id)), cancellationToken);
                return [.. articles.Select(article => new PlacedArticle(
                    article.Row.Id, article.Row.IsPublic ? article.Article : null, article.Row.ChangedAt > settings ? article.Row.ChangedAt : settings))];
            },
            cancellationToken);

    /// <summary>
    /// The articles that readers see differently since a change of the store, be it that they came, changed or went, by
    /// <see cref="SeenChange.Sequence"/>; null where all feeds changed.
    /// </summary>
    /// <param name="after">Half-open range of <see cref="StoreState.Change"/>.</param>
    /// <param name="upTo">Its end, which belongs to it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<SeenChange>?> SeenAsync(long after, long upTo, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync<IReadOnlyList<SeenChange>?>(
            async connection =>
            {
                var settings = await connection.GetTable<PublicationRow>().Select(row => row.SettingsChangedIn).SingleAsync(cancellationToken);
                if (settings > after && settings <= upTo)
                {
                    return null;
                }

                var articles = connection.GetTable<ArticleRow>().Where(row => row.ChangedIn > after && row.ChangedIn <= upTo && row.Sequence != null);
                var places =
                    from article in articles
                    join place in connection.GetTable<FeedPlaceRow>() on article.Id equals place.ArticleId
                    join category in connection.GetTable<CategoryRow>() on place.CategoryId equals category.Id
                    orderby article.Id, category.Slug
                    select new { article.Id, place.CategoryId, place.Place };
                var former =
                    from article in articles
                    join slug in connection.GetTable<FormerSlugRow>() on article.Id equals slug.ArticleId
                    orderby article.Id, slug.Position
                    select new { article.Id, slug.Slug };
                var formerSlugs = (await former.ToListAsync(cancellationToken)).ToLookup(slug => slug.Id, slug => slug.Slug);
                var categories = (await connection.GetTable<CategoryRow>().ToListAsync(cancellationToken)).ToDictionary(row => row.Id, row => row.ToCategory());
                var byArticle = (await places.ToListAsync(cancellationToken)).ToLookup(place => place.Id, place => (Category: categories[place.CategoryId], place.Place));
                var rows = await articles.OrderBy(row => row.Sequence).Select(row => new { row.Id, row.Slug, row.Sequence }).ToListAsync(cancellationToken);
                return rows.ConvertAll(row => new SeenChange(row.Slug, row.Sequence!.Value, [.. byArticle[row.Id].Select(placed => (placed.Category.Slug, placed.Place))])
                {
                    FormerPlaces = [.. byArticle[row.Id].SelectMany(placed => placed.Category.FormerSlugs, (placed, slug) => (slug, placed.Place))],
                    FormerSlugs = [.. formerSlugs[row.Id]],
                });
            },
            cancellationToken);

    private Task<IReadOnlyList<Article>> ReadAsync(DataConnection connection, Category? category, long after, long upTo, CancellationToken cancellationToken) =>
        new ArticleReading(publication.Value).ReadAsync(
            connection,
            Public(connection, category)
                .Where(placed => placed.Place > after && placed.Place <= upTo)
                .Select(placed => placed.Article)
                .OrderByDescending(row => row.PublishedAt).ThenByDescending(row => row.Sequence),
            cancellationToken);

    private static IQueryable<PlacedRow> Public(DataConnection connection, Category? category)
    {
        var visible = Placed(connection, category).Where(placed => placed.Article.IsPublic);
        // An article may have left the category since it got its place there.
        return category is null
            ? visible
            : from placed in visible
              join link in connection.GetTable<ArticleCategoryRow>() on placed.Article.Id equals link.ArticleId
              where link.CategoryId == category.Id
              select placed;
    }

    private static IQueryable<PlacedRow> Placed(DataConnection connection, Category? category) =>
        category is null
            ? connection.GetTable<ArticleRow>().Where(row => row.Sequence != null).Select(row => new PlacedRow { Place = row.Sequence!.Value, Article = row })
            : from place in connection.GetTable<FeedPlaceRow>()
              join article in connection.GetTable<ArticleRow>() on place.ArticleId equals article.Id
              where place.CategoryId == category.Id
              select new PlacedRow { Place = place.Place, Article = article };

    private sealed class PlacedRow
    {
        public required long Place { get; init; }

        public required ArticleRow Article { get; init; }
    }
}
