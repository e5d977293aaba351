using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>Gives articles their places in the history of categories' feeds, within one change of the store.</summary>
internal sealed class FeedPlaces
{
    private readonly DataConnection connection;
    private readonly HashSet<(long Article, long Category)> given;
    private readonly List<(long Article, long Category)> wanted = [];

    private FeedPlaces(DataConnection connection, HashSet<(long Article, long Category)> given)
    {
        this.connection = connection;
        this.given = given;
    }

    /// <summary>Reads those of some articles.</summary>
    public static async Task<FeedPlaces> ReadAsync(DataConnection connection, IReadOnlyList<long> articles, CancellationToken cancellationToken)
    {
        var rows = articles.Count == 0 ? [] : await connection.GetTable<FeedPlaceRow>().Where(row => articles.Contains(row.ArticleId)).ToListAsync(cancellationToken);
        return new FeedPlaces(connection, [.. rows.Select(row => (row.ArticleId, row.CategoryId))]);
    }

    /// <summary>A public article is in that category: it gets the next place, unless it ever had one there.</summary>
    public void Give(long article, long category)
    {
        if (given.Add((article, category)))
        {
            wanted.Add((article, category));
        }
    }

    /// <summary>Writes the places in the order in which they were given; the articles and categories are in the store by now.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var ids = wanted.Select(place => place.Category).Distinct().ToList();
        if (ids.Count == 0)
        {
            return;
        }

        var last = await connection.GetTable<CategoryRow>().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Places, cancellationToken);
        var rows = wanted.ConvertAll(place => new FeedPlaceRow { CategoryId = place.Category, Place = ++last[place.Category], ArticleId = place.Article });
        await connection.BulkCopyAsync(ManyRows.Of<FeedPlaceRow>(connection), rows, cancellationToken);
        foreach (var (category, place) in last)
        {
            await connection.GetTable<CategoryRow>().Where(row => row.Id == category).Set(row => row.Places, place).UpdateAsync(cancellationToken);
        }
    }
}
