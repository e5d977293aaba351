using Feeds.Articles.Store;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>The page of a public article below the publication's base: <c>articles/{Slug}</c>.</summary>
/// <param name="Slug">Of the article.</param>
/// <param name="Updated">When it last changed significantly (UTC).</param>
public sealed record ArticlePage(string Slug, DateTimeOffset Updated);

/// <summary>A title in a list.</summary>
public sealed record ArticleTitle(string Slug, string Title, string Language);

/// <summary>Lists of all that is public without its text, for whoever shows where everything is.</summary>
public sealed class ArticlePages(Database database, IOptions<PublicationOptions> publication)
{
    /// <summary>
    /// Every public article that is read on our own page, in the order of first publication. It reads the whole store: to
    /// be asked when <see cref="StoreState.Change"/> has moved, not at every request.
    /// </summary>
    public Task<IReadOnlyList<ArticlePage>> ListAsync(CancellationToken cancellationToken)
    {
        var own = new Uri(publication.Value.Base, "articles/").AbsoluteUri;
        return database.ReadAsync<IReadOnlyList<ArticlePage>>(async connection => await connection.GetTable<ArticleRow>()
            .Where(row => row.IsPublic && (row.Url == null || row.Url == own + row.Slug))
            .OrderBy(row => row.Sequence)
            .Select(row => new ArticlePage(row.Slug, row.UpdatedAt))
            .ToListAsync(cancellationToken));
    }

    /// <summary>The titles of the still public articles among those of these sequence numbers, by number.</summary>
    /// <param name="sequences">At most 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyDictionary<long, ArticleTitle>> TitlesAsync(IReadOnlyCollection<long> sequences, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequences.Count, 1000, nameof(sequences));
        return database.ReadAsync<IReadOnlyDictionary<long, ArticleTitle>>(async connection => await connection.GetTable<ArticleRow>()
            .Where(row => row.IsPublic && row.Sequence != null && sequences.Contains(row.Sequence.Value))
            .ToDictionaryAsync(row => row.Sequence!.Value, row => new ArticleTitle(row.Slug, row.Title, row.Language ?? publication.Value.Language), cancellationToken));
    }

    /// <summary>The newest titles of every category, by its slug, newest first (then by higher sequence). As costly as <see cref="ListAsync"/>.</summary>
    /// <param name="each">At most so many of each category, 1–20.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>>> LatestTitlesAsync(int each, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(each, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(each, 20);
        return database.ReadAsync<IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>>>(async connection =>
        {
            var placed =
                from link in connection.GetTable<ArticleCategoryRow>()
                join article in connection.GetTable<ArticleRow>() on link.ArticleId equals article.Id
                where article.IsPublic
                select new
                {
                    link.ArticleId,
                    link.CategoryId,
                    Place = Sql.Ext.RowNumber().Over().PartitionBy(link.CategoryId).OrderByDesc(article.PublishedAt).ThenByDesc(article.Sequence).ToValue(),
                };
            var titles =
                from place in placed
                where place.Place <= each
                join article in connection.GetTable<ArticleRow>() on place.ArticleId equals article.Id
                join category in connection.GetTable<CategoryRow>() on place.CategoryId equals category.Id
                orderby category.Slug, place.Place
                select new { Category = category.Slug, article.Slug, article.Title, Language = article.Language ?? publication.Value.Language };
            return (await titles.ToListAsync(cancellationToken))
                .GroupBy(title => title.Category, StringComparer.Ordinal)
                .ToDictionary(
                    group => group.Key,
                    IReadOnlyList<ArticleTitle> (group) => [.. group.Select(title => new ArticleTitle(title.Slug, title.Title, title.Language))],
                    StringComparer.Ordinal);
        });
    }
}
