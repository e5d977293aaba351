using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>Turns rows into articles under the settings in force.</summary>
internal sealed class ArticleReading(PublicationOptions publication)
{
    private readonly Uri publicationBase = publication.Base;

    /// <summary>The articles of public rows, with their categories.</summary>
    public async Task<IReadOnlyList<Article>> ReadAsync(DataConnection connection, IQueryable<ArticleRow> query, CancellationToken cancellationToken) =>
        (await ReadRowsAsync(connection, query, cancellationToken)).ConvertAll(read => read.Article);

    /// <summary>The same with the rows themselves; some of them may be public no more.</summary>
    public async Task<List<(ArticleRow Row, Article Article)>> ReadRowsAsync(DataConnection connection, IQueryable<ArticleRow> query, CancellationToken cancellationToken)
    {
        var rows = await query.ToListAsync(cancellationToken);
        var categories = new Dictionary<long, List<Category>>();
        foreach (var ids in rows.Select(row => row.Id).Chunk(1000))
        {
            var links =
                from link in connection.GetTable<ArticleCategoryRow>()
                join category in connection.GetTable<CategoryRow>() on link.CategoryId equals category.Id
                where ids.Contains(link.ArticleId)
                orderby link.ArticleId, link.Position
                select new { link.ArticleId, Category = category };
            foreach (var link in await links.ToListAsync(cancellationToken))
            {
                categories.TryAdd(link.ArticleId, []);
                categories[link.ArticleId].Add(link.Category.ToCategory());
            }
        }

        return rows.ConvertAll(row => (row, ToArticle(row, categories.GetValueOrDefault(row.Id) ?? [])));
    }

    /// <summary>The article of a public row.</summary>
    private Article ToArticle(ArticleRow row, IReadOnlyList<Category> categories) => new()
    {
        Id = row.Id,
        Identity = row.Identity,
        Slug = row.Slug,
        Link = row.Url is null ? new Uri(publicationBase, "articles/" + row.Slug) : new Uri(row.Url),
        Title = row.Title,
        Author = row.Author ?? publication.Author,
        Language = row.Language ?? publication.Language,
        Summary = row.Summary,
        Html = OwnAddress.AbsoluteInHtml(row.Html, publicationBase),
        Image = row.ImageAddress is null
            ? null
            : new ArticleImage(new Uri(OwnAddress.Absolute(row.ImageAddress, publicationBase)), row.ImageAlternative ?? "", row.ImageWidth, row.ImageHeight),
        Enclosure = row is { EnclosureAddress: { } address, EnclosureType: { } type, EnclosureLength: { } length }
            ? new Enclosure(new Uri(OwnAddress.Absolute(address, publicationBase)), type, length, row.EnclosureSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
            : null,
        Published = row.PublishedAt,
        Updated = row.UpdatedAt,
        Sequence = row.Sequence!.Value,
        Categories = categories,
    };
}
