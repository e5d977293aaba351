using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>Publishes the articles whose date has come.</summary>
internal sealed class Publisher(Database database, TimeProvider clock)
{
    /// <summary>One look at the clock.</summary>
    /// <returns>How many became public.</returns>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        if (!await database.ReadAsync(connection => Due(connection).AnyAsync(cancellationToken)))
        {
            return 0;
        }

        return await database.WriteAsync(
            async connection =>
            {
                var change = await PublicationChange.BeginAsync(connection, clock, cancellationToken);
                var due = await Due(connection).OrderBy(row => row.PublishedAt).ThenBy(row => row.Id).ToListAsync(cancellationToken);
                foreach (var article in due)
                {
                    change.Publish(article);
                    await connection.UpdateAsync(article, token: cancellationToken);
                    var categories = await connection.GetTable<ArticleCategoryRow>().Where(link => link.ArticleId == article.Id).Select(link => link.CategoryId).ToListAsync(cancellationToken);
                    change.Touch(isPublic: true, categories);
                }

                await change.CompleteAsync(cancellationToken);
                return due.Count;
            },
            cancellationToken);
    }

    private IQueryable<ArticleRow> Due(DataConnection connection)
    {
        // Whole seconds here as when publishing: what is due here must not be refused there.
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        return connection.GetTable<ArticleRow>().Where(row => row.Status == ArticleStatus.Published && !row.IsPublic && row.PublishedAt <= now);
    }
}
