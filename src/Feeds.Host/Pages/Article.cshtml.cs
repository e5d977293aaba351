using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/articles/{slug}</c>.</summary>
public sealed class ArticleModel(ArticleStore articles, RelatedArticles related) : PageModel
{
    private const int RelatedShown = 3;

    /// <summary>The article; its HTML was sanitised when it was imported.</summary>
    public Article Article { get; private set; } = null!;

    /// <summary>More like it; none where nothing is related.</summary>
    public IReadOnlyList<Article> Related { get; private set; } = [];

    /// <summary>Shows it; 410 where it was withdrawn, 404 where there never was one.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken cancellationToken)
    {
        if (await articles.FindAsync(slug, cancellationToken) is not { } article)
        {
            return await articles.WasRemovedAsync(slug, cancellationToken) ? StatusCode(StatusCodes.Status410Gone) : NotFound();
        }

        Article = article;
        Related = await related.FindAsync(article, RelatedShown, cancellationToken);
        return Page();
    }
}
