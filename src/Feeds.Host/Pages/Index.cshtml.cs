using Feeds.Articles;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/</c>: the newest articles and the categories.</summary>
public sealed class IndexModel(ArticleStore articles) : PageModel
{
    private const int Shown = 30;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Article> Articles { get; private set; } = [];

    /// <summary>Those with something in them.</summary>
    public IReadOnlyList<CategoryState> Categories { get; private set; } = [];

    /// <summary>Shows the page.</summary>
    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Articles = await articles.LatestAsync(categorySlug: null, Shown, cancellationToken);
        Categories = [.. (await articles.CategoriesAsync(cancellationToken)).Where(state => state.ArticleCount > 0)];
    }
}
