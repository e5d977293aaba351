using Feeds.Articles;

namespace Feeds.Host.Pages;

/// <summary>A taste of each category; asked of the store anew when it has changed.</summary>
public sealed class LatestTitles(ArticleStore articles, ArticlePages pages)
{
    private const int OfEach = 2;
    private volatile Read? read;

    /// <summary>The newest titles by the category's slug.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>>> ByCategoryAsync(CancellationToken cancellationToken)
    {
        var state = await articles.StateAsync(cancellationToken);
        if (read is not { } current || current.Change != state.Change)
        {
            read = current = new Read(state.Change, await pages.LatestTitlesAsync(OfEach, cancellationToken));
        }

        return current.Titles;
    }

    private sealed record Read(long Change, IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>> Titles);
}
