using Feeds.Articles.Store;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Articles;

/// <summary>What else a reader of an article may like: more of its categories, the newer the better.</summary>
/// <remarks>
/// The rule: a public article is related when it shares a category with the given one. More shared categories come first;
/// among equals the later published, then the higher sequence. The same store always gives the same answer. So that the
/// cost does not grow with the archive, each category offers only the <see cref="Considered"/> articles that came into
/// the store last; what is older is found in the category's page.
/// </remarks>
public sealed class RelatedArticles(ArticleStore articles)
{
    /// <summary>So many articles of each category are looked at.</summary>
    public const int Considered = 200;

    /// <summary>The articles most related to the given one, best first; empty where nothing is related.</summary>
    /// <param name="article">As it was read; its categories count as they were then.</param>
    /// <param name="count">At most so many, 1–50.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Article>> FindAsync(Article article, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 50);
        return article.Categories.Count == 0
            ? []
            : await articles.ReadAsync(connection => Related(connection, article).Take(count), cancellationToken);
    }

    private static IQueryable<ArticleRow> Related(DataConnection connection, Article article) =>
        from candidate in article.Categories
            .Select(category => Newest(connection, category.Id, article.Id))
            .Aggregate((some, more) => some.Concat(more))
            .GroupBy(link => link.ArticleId)
            .Select(links => new { ArticleId = links.Key, Shared = links.Count() })
        join row in connection.GetTable<ArticleRow>() on candidate.ArticleId equals row.Id
        where row.IsPublic
        orderby candidate.Shared descending, row.PublishedAt descending, row.Sequence descending
        select row;

    private static IQueryable<ArticleCategoryRow> Newest(DataConnection connection, long category, long except) =>
        connection.GetTable<ArticleCategoryRow>()
            .Where(link => link.CategoryId == category && link.ArticleId != except)
            .OrderByDescending(link => link.ArticleId)
            .Take(Considered);
}
