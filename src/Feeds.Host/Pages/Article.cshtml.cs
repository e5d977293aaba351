using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/articles/{slug}</c>.</summary>
public sealed class ArticleModel(ArticleStore articles, RelatedArticles related, SiteView site) : PageModel
{
    private const int RelatedShown = 3;

    /// <summary>The article; its HTML was sanitised when it was imported.</summary>
    public Article Article { get; private set; } = null!;

    /// <summary>More like it; none where nothing is related.</summary>
    public IReadOnlyList<Article> Related { get; private set; } = [];

    /// <summary>Shows it; 410 where it was withdrawn, 308 to where it is now if it was renamed, 404 where there never was one.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken cancellationToken)
    {
        if (await articles.FindAsync(slug, cancellationToken) is not { } article)
        {
            return await InsteadAsync(slug, cancellationToken);
        }

        Article = article;
        Related = await related.FindAsync(article, RelatedShown, cancellationToken);
        return Page();
    }

    private async Task<IActionResult> InsteadAsync(string slug, CancellationToken cancellationToken)
    {
        if (await articles.FindWithdrawalAsync(slug, cancellationToken) is { } withdrawal)
        {
            // The page that says what happened also says why.
            HttpContext.Features.Set(withdrawal);
            return StatusCode(StatusCodes.Status410Gone);
        }

        return await articles.FindRenamedAsync(slug, cancellationToken) is { } renamed
            ? RedirectPermanentPreserveMethod(site.Address($"articles/{renamed}") + Request.QueryString)
            : NotFound();
    }
}
