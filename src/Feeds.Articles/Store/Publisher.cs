using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>Publishes the articles whose date has come, and ends the telling of those that were withdrawn long ago.</summary>
internal sealed class Publisher(Database database, TimeProvider clock, ChangeSignal signal)
{
    /// <summary>One look at the clock.</summary>
    /// <returns>How many became public.</returns>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var isIdle = await database.ReadAsync(async connection =>
            !await Due(connection).AnyAsync(cancellationToken) && !await Withdrawals.Outlived(connection, Now).AnyAsync(cancellationToken));
        if (isIdle)
        {
            return 0;
        }

        var count = await database.WriteAsync(
            async connection =>
            {
                var change = await PublicationChange.BeginAsync(connection, clock, cancellationToken);
                var due = await Due(connection).OrderBy(row => row.PublishedAt).ThenBy(row => row.Id).ToListAsync(cancellationToken);
                var places = await FeedPlaces.ReadAsync(connection, due.ConvertAll(article => article.Id), cancellationToken);
                foreach (var article in due)
                {
                    change.Publish(article);
                    change.Show(article);
                    await connection.UpdateAsync(article, token: cancellationToken);
                    var categories = await connection.GetTable<ArticleCategoryRow>().Where(link => link.ArticleId == article.Id).Select(link => link.CategoryId).ToListAsync(cancellationToken);
                    change.Touch(isPublic: true, categories);
                    foreach (var category in categories)
                    {
                        change.Count(category, 1);
                        places.Give(article.Id, category);
                    }
                }

                await places.CompleteAsync(cancellationToken);
                await Withdrawals.RetireAsync(connection, change, cancellationToken);
                await change.CompleteAsync(cancellationToken);
                return due.Count;
            },
            cancellationToken);
        signal.Raise();
        return count;
    }

    // Whole seconds here as when publishing: what is due here must not be refused there.
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());

    private IQueryable<ArticleRow> Due(DataConnection connection)
    {
        var now = Now;
        return connection.GetTable<ArticleRow>().Where(row => row.Status == ArticleStatus.Published && !row.IsPublic && row.PublishedAt <= now);
    }
}
