using System.Globalization;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>The articles of one transaction, with what the store already has of them.</summary>
internal sealed class BatchWrite
{
    private readonly DataConnection connection;
    private readonly PublicationChange change;
    private readonly PublicationOptions publication;
    private readonly SlugLedger slugs;
    private readonly HashSet<string> takenIdentities;
    private readonly ILookup<long, long> storedCategories;
    private readonly Withdrawals withdrawals;
    private readonly FeedPlaces places;
    private readonly Dictionary<string, long> categories;
    private readonly HashSet<string> categorySlugs;
    private readonly List<ArticleRow> newArticles = [];
    private readonly List<ArticleCategoryRow> newLinks = [];
    private long lastArticleId;
    private long lastCategoryId;

    private BatchWrite(
        DataConnection connection,
        PublicationChange change,
        PublicationOptions publication,
        SlugLedger slugs,
        List<string> takenIdentities,
        List<ArticleCategoryRow> storedLinks,
        Withdrawals withdrawals,
        FeedPlaces places,
        List<CategoryRow> categories)
    {
        this.connection = connection;
        this.change = change;
        this.publication = publication;
        this.slugs = slugs;
        this.takenIdentities = takenIdentities.ToHashSet(StringComparer.Ordinal);
        this.withdrawals = withdrawals;
        this.places = places;
        storedCategories = storedLinks.ToLookup(row => row.ArticleId, row => row.CategoryId);
        // Files that still say a category's former name mean that category.
        this.categories = categories.SelectMany(row => row.FormerNames.Select(former => former.Name).Append(row.Name).Distinct(StringComparer.Ordinal), (row, name) => (name, row.Id))
            .ToDictionary(called => called.name, called => called.Id, StringComparer.Ordinal);
        categorySlugs = categories.SelectMany(row => row.FormerNames.Select(former => former.Slug).Append(row.Slug)).ToHashSet(StringComparer.Ordinal);
    }

    public int Added { get; private set; }

    public int Changed { get; private set; }

    /// <summary>By the slug of the article that was refused.</summary>
    public Dictionary<string, RefusedSlug> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads what the store has, under the lock that <paramref name="change"/> holds.</summary>
    public static async Task<BatchWrite> BeginAsync(
        DataConnection connection,
        PublicationChange change,
        PublicationOptions publication,
        IReadOnlyList<NewArticle> articles,
        IReadOnlySet<string> inUse,
        CancellationToken cancellationToken)
    {
        var ledger = await SlugLedger.ReadAsync(connection, articles, inUse, cancellationToken);
        var identities = articles.Select(article => Identity(article, publication)).ToList();
        var taken = await connection.GetTable<ArticleRow>().Where(row => identities.Contains(row.Identity)).Select(row => row.Identity).ToListAsync(cancellationToken);
        var ids = ledger.Articles.Select(row => row.Id).ToList();
        var links = ids.Count == 0 ? [] : await connection.GetTable<ArticleCategoryRow>().Where(row => ids.Contains(row.ArticleId)).ToListAsync(cancellationToken);
        var all = await connection.GetTable<CategoryRow>().ToListAsync(cancellationToken);
        var withdrawn = await Withdrawals.ReadAsync(connection, change, ids, cancellationToken);
        var placed = await FeedPlaces.ReadAsync(connection, ids, cancellationToken);
        return new BatchWrite(connection, change, publication, ledger, taken, links, withdrawn, placed, all)
        {
            // The lock makes these ours to give, the same ones on every database.
            lastArticleId = await connection.GetTable<ArticleRow>().MaxAsync(row => (long?)row.Id, cancellationToken) ?? 0,
            lastCategoryId = all.Select(row => row.Id).DefaultIfEmpty().Max(),
        };
    }

    /// <summary>Adds the article, changes it, leaves it where nothing is new, or refuses it where another has its slug.</summary>
    public async Task WriteAsync(NewArticle article, string hash, CancellationToken cancellationToken)
    {
        var row = slugs.Find(article);
        if (row is not null && string.Equals(row.ContentHash, hash, StringComparison.Ordinal))
        {
            return;
        }

        if (slugs.Refuse(article, row) is { } refused)
        {
            Refused.Add(article.Slug, refused);
            return;
        }

        var isNew = row is null;
        row ??= new ArticleRow { Slug = article.Slug, Identity = await NewIdentityAsync(article, cancellationToken) };
        var wasPublic = row.IsPublic;
        row.UpdatedAt = Updated(row, article);
        Take(row, article, hash);
        slugs.Rename(row, article.Slug);
        change.Publish(row);
        if (wasPublic || row.IsPublic)
        {
            change.Show(row);
        }

        if (isNew)
        {
            row.Id = ++lastArticleId;
            newArticles.Add(row);
            Added++;
        }
        else
        {
            await connection.UpdateAsync(row, token: cancellationToken);
            Changed++;
        }

        await slugs.LeadAsync(row, article.Formerly, cancellationToken);
        var isTold = await withdrawals.FollowAsync(row, article.Reason, cancellationToken);
        // A withdrawn article keeps the categories whose feeds carried it, since they have to tell.
        var categoryIds = row.IsWithdrawn ? [] : await RelinkAsync(row, article, cancellationToken);
        change.Touch(wasPublic || row.IsPublic || isTold, storedCategories[row.Id].Concat(categoryIds));
        Follow(row, wasPublic, categoryIds);
    }

    /// <summary>Writes what is cheaper to write together.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await connection.BulkCopyAsync(ManyRows.Of<ArticleRow>(connection), newArticles, cancellationToken);
        await connection.BulkCopyAsync(ManyRows.Of<ArticleCategoryRow>(connection), newLinks, cancellationToken);
        await slugs.CompleteAsync(cancellationToken);
        await places.CompleteAsync(cancellationToken);
    }

    private void Follow(ArticleRow row, bool wasPublic, IReadOnlyList<long> categoryIds)
    {
        foreach (var id in wasPublic ? storedCategories[row.Id] : [])
        {
            change.Count(id, -1);
        }

        foreach (var id in row.IsPublic ? categoryIds : [])
        {
            change.Count(id, 1);
            places.Give(row.Id, id);
        }
    }

    private static void Take(ArticleRow row, NewArticle article, string hash)
    {
        row.Title = article.Title;
        row.Url = article.Url;
        row.Author = article.Author;
        row.Language = article.Language;
        row.Summary = article.Summary;
        row.Html = article.Html;
        row.ImageAddress = article.Image?.Address;
        row.ImageAlternative = article.Image?.Alternative;
        row.ImageWidth = article.Image?.Width;
        row.ImageHeight = article.Image?.Height;
        row.EnclosureAddress = article.Enclosure?.Address;
        row.EnclosureType = article.Enclosure?.Type;
        row.EnclosureLength = article.Enclosure?.Length;
        row.EnclosureSeconds = article.Enclosure?.Seconds;
        row.PublishedAt = article.Published;
        row.UpdatedAt = row.UpdatedAt > article.Published ? row.UpdatedAt : article.Published;
        row.Status = article.Status;
        row.ContentHash = hash;
    }

    private DateTimeOffset Updated(ArticleRow row, NewArticle article)
    {
        if (row.Sequence is null)
        {
            return article.Updated ?? article.Published;
        }

        if (article.IsMinor || article.Status == ArticleStatus.Removed || slugs.IsOnlyRenamed(article, row))
        {
            return row.UpdatedAt;
        }

        return article.Updated is { } said && said > row.UpdatedAt ? said : change.Now > row.UpdatedAt ? change.Now : row.UpdatedAt;
    }

    private async Task<IReadOnlyList<long>> RelinkAsync(ArticleRow row, NewArticle article, CancellationToken cancellationToken)
    {
        var categoryIds = await CategoriesAsync(article, cancellationToken);
        if (storedCategories.Contains(row.Id))
        {
            await connection.GetTable<ArticleCategoryRow>().DeleteAsync(link => link.ArticleId == row.Id, cancellationToken);
        }

        newLinks.AddRange(categoryIds.Select((id, position) => new ArticleCategoryRow { ArticleId = row.Id, CategoryId = id, Position = position }));
        return categoryIds;
    }

    private static string Identity(NewArticle article, PublicationOptions publication) =>
        string.Create(CultureInfo.InvariantCulture, $"tag:{publication.Base.IdnHost},{article.Published.UtcDateTime:yyyy-MM-dd}:{article.Slug}");

    // An article that was renamed keeps its identity, and another may have its slug and its day now.
    private async Task<string> NewIdentityAsync(NewArticle article, CancellationToken cancellationToken)
    {
        var first = Identity(article, publication);
        var identity = first;
        for (var number = 2; takenIdentities.Contains(identity); number++)
        {
            identity = string.Create(CultureInfo.InvariantCulture, $"{first}:{number}");
            if (await connection.GetTable<ArticleRow>().AnyAsync(row => row.Identity == identity, cancellationToken))
            {
                takenIdentities.Add(identity);
            }
        }

        takenIdentities.Add(identity);
        return identity;
    }

    private async Task<IReadOnlyList<long>> CategoriesAsync(NewArticle article, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        foreach (var name in article.Categories)
        {
            if (!categories.TryGetValue(name, out var id))
            {
                id = ++lastCategoryId;
                var row = new CategoryRow { Id = id, Name = name, Slug = CategoryName.Slug(name, categorySlugs) };
                await connection.InsertAsync(row, token: cancellationToken);
                categories.Add(name, id);
                categorySlugs.Add(row.Slug);
            }

            // It may be named twice, as it is and as it was called.
            if (!ids.Contains(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
