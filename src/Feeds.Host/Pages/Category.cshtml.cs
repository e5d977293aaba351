using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/categories/{slug}</c>.</summary>
public sealed class CategoryModel(ArticleStore articles) : PageModel
{
    private const int Shown = 50;

    /// <summary>The category.</summary>
    public Category Category { get; private set; } = null!;

    /// <summary>Its articles, newest first.</summary>
    public IReadOnlyList<Article> Articles { get; private set; } = [];

    /// <summary>Shows it; 404 where there is no such category.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken cancellationToken)
    {
        var states = await articles.CategoriesAsync(cancellationToken);
        if (states.FirstOrDefault(state => string.Equals(state.Category.Slug, slug, StringComparison.Ordinal)) is not { } found)
        {
            return NotFound();
        }

        Category = found.Category;
        Articles = await articles.LatestAsync(slug, Shown, cancellationToken);
        return Page();
    }
}
