using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Feeds.Articles.Store;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>A category with what is public in it.</summary>
/// <param name="Category">The category.</param>
/// <param name="ArticleCount">Public articles in it.</param>
/// <param name="ChangedAt">When its list of articles or one of them last changed (UTC, whole seconds); it only moves forward.</param>
/// <param name="ChangedIn">The <see cref="StoreState.Change"/> that this brought about.</param>
/// <param name="Places">How many articles were ever public in it.</param>
/// <param name="IsEnded">Whether nothing public is in it any more, and nothing withdrawn of which feeds still tell.</param>
public sealed record CategoryState(Category Category, int ArticleCount, DateTimeOffset ChangedAt, long ChangedIn, long Places, bool IsEnded);

/// <summary>Which articles a reader wants to see together; at least one of the three is said.</summary>
/// <param name="Categories">Those of any of these categories; of any at all where empty. At most 20.</param>
/// <param name="Author">Those of this author (ordinal comparison); of any where null.</param>
/// <param name="Language">Those in this language or a variety of it (RFC 4647 §3.3.1), lower-case; in any where null.</param>
public sealed record ArticleSelection(IReadOnlyList<Category> Categories, string? Author, string? Language);

/// <summary>Where the store stands.</summary>
/// <param name="Change">Grows by one or more with every committed change, published or not; 0 in an empty store.</param>
/// <param name="Sequence">Sequence number of the newest publication; 0 in an empty store.</param>
/// <param name="ChangedAt">When anything public last changed (UTC, whole seconds); it only moves forward. The Unix epoch in an empty store.</param>
/// <param name="ChangedIn">The <see cref="Change"/> that this brought about.</param>
public sealed record StoreState(long Change, long Sequence, DateTimeOffset ChangedAt, long ChangedIn);

/// <summary>A picture or a sound kept in the store. <paramref name="Name"/> is its content hash and extension, so it never changes.</summary>
public sealed record MediaFile(string Name, string ContentType, ReadOnlyMemory<byte> Content);

/// <summary>Reads what is public. Every call sees what was committed when it began.</summary>
public sealed class ArticleStore(Database database, IOptions<PublicationOptions> publication, TimeProvider clock, ChangeSignal signal)
{
    // Half of the pages and each form that a stranger sends ask for them.
    private readonly SharedRead<IReadOnlyList<CategoryState>> categories = new(() => ReadCategoriesAsync(database, publication.Value.Language));

    /// <summary>Where the store stands: cheap enough to ask every half second.</summary>
    public Task<StoreState> StateAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var row = await connection.GetTable<PublicationRow>().SingleAsync(cancellationToken);
            return new StoreState(row.Change, row.Sequence, row.ChangedAt, row.ChangedIn);
        });

    /// <summary>All categories that ever had a public article, by name in the publication's language.</summary>
    public Task<IReadOnlyList<CategoryState>> CategoriesAsync(CancellationToken cancellationToken) => categories.ReadAsync(cancellationToken);

    /// <summary>The newest public articles, newest first (then by higher sequence).</summary>
    /// <param name="categorySlug">Of one category only, or of all where null.</param>
    /// <param name="count">At most so many, 1–1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Article>> LatestAsync(string? categorySlug, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        return ReadAsync(
            connection => PublicIn(connection, categorySlug).OrderByDescending(row => row.PublishedAt).ThenByDescending(row => row.Sequence).Take(count),
            cancellationToken);
    }

    /// <summary>The newest public articles of a selection, newest first (then by higher sequence).</summary>
    /// <param name="selection">Which ones.</param>
    /// <param name="count">At most so many, 1–1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Article>> SelectAsync(ArticleSelection selection, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(selection.Categories.Count, 20, nameof(selection));
        return database.ReadSnapshotAsync(
            async connection =>
            {
                var selected = await SelectedAsync(connection, selection, cancellationToken);
                return await new ArticleReading(publication.Value).ReadAsync(connection, selected.OrderByDescending(row => row.PublishedAt).ThenByDescending(row => row.Sequence).Take(count), cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Names of all authors of public articles, in the order of the publication's language.</summary>
    public async Task<IReadOnlyList<string>> AuthorsAsync(CancellationToken cancellationToken)
    {
        var names = await database.ReadAsync(connection => Public(connection).Select(row => row.Author).Distinct().ToListAsync(cancellationToken));
        return [.. names.Select(name => name ?? publication.Value.Author).Distinct(StringComparer.Ordinal).Order(StringComparer.Create(CultureInfo.GetCultureInfo(publication.Value.Language), CompareOptions.None))];
    }

    /// <summary>The public article of that slug, or null.</summary>
    public async Task<Article?> FindAsync(string slug, CancellationToken cancellationToken) =>
        await ReadAsync(connection => Public(connection).Where(row => row.Slug == slug), cancellationToken) is [var found] ? found : null;

    /// <summary>What the article that formerly had that slug is called now, public or withdrawn; null where there is none.</summary>
    public Task<string?> FindRenamedAsync(string formerSlug, CancellationToken cancellationToken) =>
        database.ReadAsync(connection =>
        {
            var slugs =
                from former in connection.GetTable<FormerSlugRow>()
                join article in connection.GetTable<ArticleRow>() on former.ArticleId equals article.Id
                where former.Slug == formerSlug && (article.IsPublic || (article.Status == ArticleStatus.Removed && article.Sequence != null))
                select article.Slug;
            return slugs.FirstOrDefaultAsync(cancellationToken);
        });

    /// <summary>The withdrawal of the article of that slug, or null where it was never public or is not withdrawn (HTTP: 410 rather than 404).</summary>
    public async Task<Withdrawal?> FindWithdrawalAsync(string slug, CancellationToken cancellationToken)
    {
        var found = await WithdrawalsAsync(
            connection =>
                from row in connection.GetTable<WithdrawalRow>()
                join article in connection.GetTable<ArticleRow>() on row.ArticleId equals article.Id
                where article.Slug == slug
                select row,
            cancellationToken);
        return found is [var withdrawal] ? withdrawal : null;
    }

    /// <summary>The articles that were withdrawn lately, newest first, for feeds to tell of (RFC 6721). After 60 days they are told of no more.</summary>
    /// <param name="categorySlug">Those that were in one category only, or all where null.</param>
    /// <param name="count">At most so many, 1–1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Withdrawal>> WithdrawnAsync(string? categorySlug, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        return WithdrawalsAsync(
            connection => ToldIn(connection, categorySlug).OrderByDescending(row => row.WithdrawnAt).ThenByDescending(row => row.ArticleId).Take(count),
            cancellationToken);
    }

    /// <summary>
    /// The still public articles first published in the half-open range (<paramref name="after"/>, <paramref name="upTo"/>]
    /// of the sequence, in its order.
    /// </summary>
    public Task<IReadOnlyList<Article>> PublishedAsync(long after, long upTo, CancellationToken cancellationToken) =>
        ReadAsync(connection => Public(connection).Where(row => row.Sequence > after && row.Sequence <= upTo).OrderBy(row => row.Sequence), cancellationToken);

    /// <summary>The still public articles among those of these sequence numbers, in no particular order.</summary>
    /// <param name="sequences">At most 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<Article>> PublishedAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Count, 1000, nameof(sequences));
        return ReadAsync(connection => Public(connection).Where(row => row.Sequence != null && sequences.Contains(row.Sequence.Value)), cancellationToken);
    }

    /// <summary>
    /// Sequence numbers in the half-open range (<paramref name="after"/>, <paramref name="upTo"/>] of articles that the public
    /// may read no more: withdrawn, drafts again, or dated to come.
    /// </summary>
    public Task<IReadOnlyList<long>> HiddenAsync(long after, long upTo, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<long>>(async connection =>
            await connection.GetTable<ArticleRow>()
                .Where(row => !row.IsPublic && row.Sequence > after && row.Sequence <= upTo)
                .OrderBy(row => row.Sequence).Select(row => row.Sequence!.Value).ToListAsync(cancellationToken));

    /// <summary>The picture or sound of that name, or null. Articles refer to it as <c>media/{name}</c> below the base.</summary>
    public Task<MediaFile?> FindMediaAsync(string name, CancellationToken cancellationToken) =>
        new MediaStore(database).FindAsync(name, cancellationToken);

    /// <summary>
    /// Says on what feeds and pages depend besides the articles: publication settings, the version of their format. Where
    /// it is not what the store was last told, everything counts as changed now, so that caches ask again.
    /// </summary>
    public async Task ApplySettingsAsync(string settings, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)));
        await database.WriteAsync(
            async connection =>
            {
                var change = await PublicationChange.BeginAsync(connection, clock, cancellationToken);
                if (change.TakeSettings(hash))
                {
                    change.Touch(isPublic: true, await EverPublic(connection).Select(row => row.Id).ToListAsync(cancellationToken));
                    await change.CompleteAsync(cancellationToken);
                }
            },
            cancellationToken);
        signal.Raise();
    }

    private static async Task<IReadOnlyList<CategoryState>> ReadCategoriesAsync(Database database, string language)
    {
        // One question, so that all of it is of one moment.
        var states = await database.ReadAsync(connection => (
            from category in EverPublic(connection)
            select new
            {
                Row = category,
                IsTold = connection.GetTable<WithdrawalRow>().Any(withdrawal =>
                    withdrawal.IsTold && category.ArticleCount == 0 && connection.GetTable<ArticleCategoryRow>().Any(link => link.ArticleId == withdrawal.ArticleId && link.CategoryId == category.Id)),
            }).ToListAsync());
        var byName = StringComparer.Create(CultureInfo.GetCultureInfo(language), CompareOptions.None);
        return [.. states
            .Select(state => new CategoryState(
                state.Row.ToCategory(), state.Row.ArticleCount, state.Row.ChangedAt, state.Row.ChangedIn, state.Row.Places, state.Row.ArticleCount == 0 && !state.IsTold))
            .OrderBy(state => state.Category.Name, byName)
            .ThenBy(state => state.Category.Slug, StringComparer.Ordinal)];
    }

    private async Task<IQueryable<ArticleRow>> SelectedAsync(DataConnection connection, ArticleSelection selection, CancellationToken cancellationToken)
    {
        var selected = Public(connection);
        if (selection.Categories.Count > 0)
        {
            var ids = selection.Categories.Select(category => category.Id).ToList();
            selected = selected.Where(row => connection.GetTable<ArticleCategoryRow>().Any(link => link.ArticleId == row.Id && ids.Contains(link.CategoryId)));
        }

        if (selection.Author is { } author)
        {
            selected = selected.Where(row => (row.Author ?? publication.Value.Author) == author);
        }

        if (selection.Language is { } language)
        {
            var tags = await Public(connection).Select(row => row.Language).Distinct().ToListAsync(cancellationToken);
            var meant = tags.Where(tag => IsVariety(tag ?? publication.Value.Language, language)).ToList();
            var isNullMeant = meant.Remove(null);
            selected = selected.Where(row => meant.Contains(row.Language) || (isNullMeant && row.Language == null));
        }

        return selected;
    }

    private static bool IsVariety(string tag, string language) =>
        string.Equals(tag, language, StringComparison.OrdinalIgnoreCase) || tag.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);

    private static IQueryable<WithdrawalRow> ToldIn(DataConnection connection, string? categorySlug)
    {
        var told = connection.GetTable<WithdrawalRow>().Where(row => row.IsTold);
        return categorySlug is null
            ? told
            : from row in told
              join link in connection.GetTable<ArticleCategoryRow>() on row.ArticleId equals link.ArticleId
              join category in connection.GetTable<CategoryRow>() on link.CategoryId equals category.Id
              where category.Slug == categorySlug
              select row;
    }

    private Task<IReadOnlyList<Withdrawal>> WithdrawalsAsync(Func<DataConnection, IQueryable<WithdrawalRow>> query, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Withdrawal>>(async connection =>
        {
            var rows =
                from row in query(connection)
                join article in connection.GetTable<ArticleRow>() on row.ArticleId equals article.Id
                orderby row.WithdrawnAt descending, row.ArticleId descending
                select new { row.WithdrawnAt, row.Reason, article.Identity, article.Language };
            return [.. (await rows.ToListAsync(cancellationToken)).Select(row => new Withdrawal(row.Identity, row.WithdrawnAt, row.Reason, row.Language ?? publication.Value.Language))];
        });

    private static IQueryable<CategoryRow> EverPublic(DataConnection connection)
    {
        // The field itself would be translated anew each time, which costs more than the query.
        var never = DateTimeOffset.UnixEpoch;
        return connection.GetTable<CategoryRow>().Where(row => row.ChangedAt > never);
    }

    private static IQueryable<ArticleRow> Public(DataConnection connection) => connection.GetTable<ArticleRow>().Where(row => row.IsPublic);

    private static IQueryable<ArticleRow> PublicIn(DataConnection connection, string? categorySlug) =>
        categorySlug is null
            ? Public(connection)
            : from article in Public(connection)
              join link in connection.GetTable<ArticleCategoryRow>() on article.Id equals link.ArticleId
              join category in connection.GetTable<CategoryRow>() on link.CategoryId equals category.Id
              where category.Slug == categorySlug
              select article;

    internal Task<IReadOnlyList<Article>> ReadAsync(Func<DataConnection, IQueryable<ArticleRow>> query, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync(
            connection => new ArticleReading(publication.Value).ReadAsync(connection, query(connection), cancellationToken),
            cancellationToken);
}
