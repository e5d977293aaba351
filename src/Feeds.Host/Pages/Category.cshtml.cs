using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/categories/{slug}</c>.</summary>
public sealed class CategoryModel(ArticleStore articles, SiteView site) : PageModel
{
    private const int Shown = 50;

    /// <summary>The category.</summary>
    public Category Category { get; private set; } = null!;

    /// <summary>Its articles, newest first.</summary>
    public IReadOnlyList<Article> Articles { get; private set; } = [];

    /// <summary>Shows it; 308 to where it is now if it was renamed, 410 where nothing is left in it, 404 where there never was one.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken cancellationToken)
    {
        var states = await articles.CategoriesAsync(cancellationToken);
        if (states.FirstOrDefault(state => state.Category.HasSlug(slug)) is not { } found)
        {
            return NotFound();
        }

        if (!string.Equals(found.Category.Slug, slug, StringComparison.Ordinal))
        {
            return RedirectPermanentPreserveMethod(site.Address($"categories/{found.Category.Slug}") + Request.QueryString);
        }

        if (found.IsEnded)
        {
            return StatusCode(StatusCodes.Status410Gone);
        }

        Category = found.Category;
        Articles = await articles.LatestAsync(slug, Shown, cancellationToken);
        return Page();
    }
}
