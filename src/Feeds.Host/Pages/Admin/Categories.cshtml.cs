using Feeds.Articles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages.Admin;

/// <summary><c>/admin/categories</c>: all of them, and a form that renames one.</summary>
public sealed class CategoriesModel(ArticleStore articles, CategoryRenaming renaming, SiteView site) : PageModel
{
    /// <summary>By name.</summary>
    public IReadOnlyList<CategoryState> Categories { get; private set; } = [];

    /// <summary>The one that was just renamed.</summary>
    public Category? Renamed { get; private set; }

    /// <summary>Why it was not.</summary>
    public string? Refused { get; private set; }

    /// <summary>What was chosen.</summary>
    public string? Name { get; private set; }

    /// <summary>What was typed.</summary>
    public string? NewName { get; private set; }

    /// <summary>Shows all.</summary>
    public async Task OnGetAsync([FromQuery] string? renamed, CancellationToken cancellationToken)
    {
        Categories = await articles.CategoriesAsync(cancellationToken);
        Renamed = Categories.FirstOrDefault(state => string.Equals(state.Category.Slug, renamed, StringComparison.Ordinal))?.Category;
    }

    /// <summary>Renames one, or says why not.</summary>
    public async Task<IActionResult> OnPostAsync([FromForm] string? name, [FromForm] string? newName, CancellationToken cancellationToken)
    {
        var (category, refusal) = await renaming.RenameAsync(name ?? "", newName ?? "", cancellationToken);
        if (category is not null)
        {
            return Redirect($"{Request.PathBase}/admin/categories?renamed={category.Slug}");
        }

        Refused = site[refusal!.Sentence, refusal.Name];
        (Name, NewName) = (name, newName);
        Categories = await articles.CategoriesAsync(cancellationToken);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
