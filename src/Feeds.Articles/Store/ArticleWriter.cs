using System.Globalization;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Articles.Store;

/// <summary>What became of a batch, in numbers of articles; the refused ones by their slugs.</summary>
internal sealed record WrittenArticles(int Added, int Changed, int Unchanged, IReadOnlyDictionary<string, RefusedSlug> Refused);

/// <summary>An article with its <see cref="NewArticle.Hash"/>.</summary>
internal sealed record HashedArticle(NewArticle Article, string Hash);

/// <summary>
/// Brings articles into the store, a batch a transaction; one of a known slug, or formerly of one, is the same article, changed.
/// </summary>
internal sealed class ArticleWriter(Database database, IOptions<PublicationOptions> publication, TimeProvider clock, ChangeSignal signal)
{
    /// <summary>So many articles make a transaction of comfortable size.</summary>
    public const int Batch = 500;

    /// <summary>Writes them in their order, in one transaction. Their slugs differ.</summary>
    /// <param name="articles">At most <see cref="Batch"/>.</param>
    /// <param name="inUse">Slugs that articles of the same import have: nothing was renamed that has one of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WrittenArticles> WriteAsync(IReadOnlyList<HashedArticle> articles, IReadOnlySet<string> inUse, CancellationToken cancellationToken)
    {
        var known = await database.ReadAsync(connection => HashesAsync(connection, articles.Select(article => article.Article.Slug), cancellationToken));
        var fresh = articles.Where(article => !string.Equals(known.GetValueOrDefault(article.Article.Slug), article.Hash, StringComparison.Ordinal)).ToList();
        if (fresh.Count == 0)
        {
            return new WrittenArticles(0, 0, articles.Count, new Dictionary<string, RefusedSlug>(StringComparer.Ordinal));
        }

        var written = await database.WriteAsync(
            async connection =>
            {
                var change = await PublicationChange.BeginAsync(connection, clock, cancellationToken);
                var batch = await BatchWrite.BeginAsync(connection, change, publication.Value, fresh.ConvertAll(article => article.Article), inUse, cancellationToken);
                foreach (var (article, hash) in fresh)
                {
                    await batch.WriteAsync(article, hash, cancellationToken);
                }

                await batch.CompleteAsync(cancellationToken);
                await change.CompleteAsync(cancellationToken);
                return new WrittenArticles(batch.Added, batch.Changed, articles.Count - batch.Added - batch.Changed - batch.Refused.Count, batch.Refused);
            },
            cancellationToken);
        signal.Raise();
        return written;
    }

    private static async Task<Dictionary<string, string>> HashesAsync(DataConnection connection, IEnumerable<string> slugs, CancellationToken cancellationToken)
    {
        var list = slugs.ToList();
        return await connection.GetTable<ArticleRow>().Where(row => list.Contains(row.Slug))
            .ToDictionaryAsync(row => row.Slug, row => row.ContentHash, StringComparer.Ordinal, cancellationToken);
    }
}
