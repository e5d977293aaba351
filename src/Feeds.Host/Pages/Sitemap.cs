using System.Buffers.Text;
using System.Security.Cryptography;
using Feeds.Articles;
using Feeds.Newsletter;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.Pages;

/// <summary>A file for crawlers as it is sent.</summary>
internal sealed record CrawlerFile(byte[] Content, EntityTagHeaderValue ETag)
{
    public static CrawlerFile Of(byte[] content) =>
        new(content, new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(content).AsSpan(0, 16))}\""));
}

/// <summary>Every page for people: the front page, the newsletters, the categories, the articles. Made anew when the store has changed and somebody asks.</summary>
internal sealed class Sitemap(ArticleStore articles, ArticlePages pages, EditionArchive archive, IOptions<PublicationOptions> publication) : IDisposable
{
    private readonly SemaphoreSlim making = new(1);
    private volatile Made? made;

    /// <summary>The file of that name, or null.</summary>
    /// <param name="name"><c>sitemap.xml</c>, or <c>sitemap-1.xml</c> and so on where that is an index.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CrawlerFile?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var state = await articles.StateAsync(cancellationToken);
        if (made is not { } current || current.Change != state.Change)
        {
            await making.WaitAsync(cancellationToken);
            try
            {
                current = made?.Change == state.Change ? made : made = await MakeAsync(state, cancellationToken);
            }
            finally
            {
                making.Release();
            }
        }

        return current.Files.GetValueOrDefault(name);
    }

    public void Dispose() => making.Dispose();

    private async Task<Made> MakeAsync(StoreState state, CancellationToken cancellationToken)
    {
        var front = publication.Value.Base;
        var entries = new List<SitemapEntry> { new(front, state.ChangedAt > DateTimeOffset.UnixEpoch ? state.ChangedAt : null) };
        entries.AddRange((await archive.NewslettersAsync(cancellationToken)).Select(newsletter => new SitemapEntry(new Uri(front, "newsletters/" + newsletter.Name), null)));
        // By their numbers: a new category or article comes last and moves no other to another file.
        entries.AddRange((await articles.CategoriesAsync(cancellationToken))
            .Where(category => category.ArticleCount > 0)
            .OrderBy(category => category.Category.Id)
            .Select(category => new SitemapEntry(new Uri(front, "categories/" + category.Category.Slug), category.ChangedAt)));
        entries.AddRange((await pages.ListAsync(cancellationToken))
            .Select(page => new SitemapEntry(new Uri(front, "articles/" + page.Slug), page.Updated)));
        var files = new SitemapWriter().Write(entries, front);
        return new Made(state.Change, files.ToDictionary(file => file.Key, file => CrawlerFile.Of(file.Value), StringComparer.Ordinal));
    }

    private sealed record Made(long Change, IReadOnlyDictionary<string, CrawlerFile> Files);
}
