using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles.Store;

/// <summary>A slug that an article can't have, now or formerly, and why with the mend.</summary>
internal sealed record RefusedSlug(string Slug, string Reason);

/// <summary>Which articles have, and which had, the slugs that a batch speaks of.</summary>
internal sealed class SlugLedger
{
    private readonly DataConnection connection;
    private readonly IReadOnlySet<string> inUse;
    private readonly Dictionary<string, ArticleRow> current;
    private readonly Dictionary<string, FormerSlugRow> former;
    private readonly List<FormerSlugRow> newFormer = [];

    private SlugLedger(DataConnection connection, IReadOnlySet<string> inUse, List<ArticleRow> articles, List<FormerSlugRow> former)
    {
        this.connection = connection;
        this.inUse = inUse;
        current = articles.ToDictionary(row => row.Slug, StringComparer.Ordinal);
        this.former = former.ToDictionary(row => row.Slug, StringComparer.Ordinal);
        Articles = articles;
    }

    /// <summary>Every stored article that the batch is about or in conflict with.</summary>
    public IReadOnlyList<ArticleRow> Articles { get; }

    /// <summary>Reads what the store has of the batch's slugs.</summary>
    /// <param name="connection">Within the change.</param>
    /// <param name="articles">The batch.</param>
    /// <param name="inUse">Slugs of files that are there: who has one of them was not renamed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SlugLedger> ReadAsync(DataConnection connection, IReadOnlyList<NewArticle> articles, IReadOnlySet<string> inUse, CancellationToken cancellationToken)
    {
        var slugs = articles.SelectMany(article => article.Formerly.Prepend(article.Slug)).Distinct(StringComparer.Ordinal).ToList();
        var rows = await connection.GetTable<ArticleRow>().Where(row => slugs.Contains(row.Slug)).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(row => row.Id);
        var known = await connection.GetTable<FormerSlugRow>().Where(row => slugs.Contains(row.Slug) || ids.Contains(row.ArticleId)).ToListAsync(cancellationToken);
        return new SlugLedger(connection, inUse, rows, known);
    }

    /// <summary>The stored article that this one is: by its slug, else by one that it had; null where it is new.</summary>
    public ArticleRow? Find(NewArticle article) =>
        current.GetValueOrDefault(article.Slug)
        ?? article.Formerly.Where(slug => !inUse.Contains(slug)).Select(slug => current.GetValueOrDefault(slug)).FirstOrDefault(row => row is not null);

    /// <summary>What of the slugs it claims belongs to another article; null where nothing does.</summary>
    /// <param name="article">As its file says it.</param>
    /// <param name="row">What <see cref="Find"/> said.</param>
    public RefusedSlug? Refuse(NewArticle article, ArticleRow? row)
    {
        if (former.TryGetValue(article.Slug, out var holder) && holder.ArticleId != row?.Id)
        {
            return new RefusedSlug(article.Slug, $"The address of the slug {article.Slug} leads to an article that was called so formerly. Write another “slug: …” here.");
        }

        foreach (var slug in article.Formerly)
        {
            if (current.TryGetValue(slug, out var other) && other != row)
            {
                return new RefusedSlug(slug, $"formerly: {slug} is the slug of another article. Take it out here.");
            }

            if (former.TryGetValue(slug, out holder) && holder.ArticleId != row?.Id)
            {
                return new RefusedSlug(slug, $"formerly: The address of the slug {slug} leads to another article already. Take it out here or there.");
            }
        }

        return null;
    }

    /// <summary>Whether nothing but its addresses tells the article from what is stored.</summary>
    public bool IsOnlyRenamed(NewArticle article, ArticleRow row) =>
        string.Equals((article with { Slug = row.Slug, Formerly = FormerOf(row).ConvertAll(known => known.Slug) }).Hash(), row.ContentHash, StringComparison.Ordinal);

    /// <summary>Gives the article its slug; to be called before the row is written.</summary>
    public void Rename(ArticleRow row, string slug)
    {
        current.Remove(row.Slug);
        current[slug] = row;
        row.Slug = slug;
    }

    /// <summary>Lets exactly these addresses lead to the article, which has its number by now.</summary>
    public async Task LeadAsync(ArticleRow row, IReadOnlyList<string> formerly, CancellationToken cancellationToken)
    {
        var before = FormerOf(row);
        if (before.Select(known => known.Slug).SequenceEqual(formerly, StringComparer.Ordinal))
        {
            return;
        }

        await connection.GetTable<FormerSlugRow>().DeleteAsync(known => known.ArticleId == row.Id, cancellationToken);
        before.ForEach(known => former.Remove(known.Slug));
        foreach (var (position, slug) in formerly.Index())
        {
            former[slug] = new FormerSlugRow { Slug = slug, ArticleId = row.Id, Position = position };
            newFormer.Add(former[slug]);
        }
    }

    /// <summary>Writes what refers to articles, once they are in the store.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        foreach (var row in newFormer)
        {
            await connection.InsertAsync(row, token: cancellationToken);
        }
    }

    private List<FormerSlugRow> FormerOf(ArticleRow row) =>
        [.. former.Values.Where(known => known.ArticleId == row.Id).OrderBy(known => known.Position)];
}
