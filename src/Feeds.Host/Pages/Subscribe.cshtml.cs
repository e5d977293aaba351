using Feeds.Articles;
using Feeds.Host.Security;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Feeds.Host.Pages;

/// <summary><c>/subscribe</c>: the form, and every feed. What it answers does not tell whether an address is known.</summary>
[IgnoreAntiforgeryToken]
[EnableRateLimiting(SiteSecurity.FormLimit)]
public sealed class SubscribeModel(ArticleStore articles, ScheduleBook schedules, Subscribers subscribers, LatestTitles latest) : PageModel
{
    private IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>> titles = new Dictionary<string, IReadOnlyList<ArticleTitle>>(StringComparer.Ordinal);

    /// <summary>The cadences that are not paused.</summary>
    public IReadOnlyList<ScheduleListing> Schedules { get; private set; } = [];

    /// <summary>What can be chosen.</summary>
    public IReadOnlyList<CategoryState> Categories { get; private set; } = [];

    /// <summary>What was typed.</summary>
    public string? Email { get; private set; }

    /// <summary>The chosen cadence.</summary>
    public string? Cadence { get; private set; }

    /// <summary>The chosen slugs.</summary>
    public IReadOnlyCollection<string> Chosen { get; private set; } = [];

    /// <summary>Why the form can't be taken.</summary>
    public string? Refused { get; private set; }

    /// <summary>Whether the form was taken.</summary>
    public bool Sent { get; private set; }

    /// <summary>The newest titles of a category.</summary>
    public IReadOnlyList<ArticleTitle> Titles(Category category) => titles.GetValueOrDefault(category.Slug) ?? [];

    /// <summary>Shows the form.</summary>
    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        Cadence = Schedules.Count > 0 ? Schedules[0].Cadence.Name : null;
    }

    /// <summary>Takes the form.</summary>
    public async Task OnPostAsync([FromForm] string? email, [FromForm] string? cadence, [FromForm] string[]? categories, CancellationToken cancellationToken)
    {
        Refused = await subscribers.AskAsync(email, cadence, categories ?? [], cancellationToken);
        if (Refused is null)
        {
            Sent = true;
            return;
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        (Email, Cadence, Chosen) = (email, cadence, categories ?? []);
        await LoadAsync(cancellationToken);
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Response.Headers.ContentSecurityPolicy = SiteSecurity.ScriptedPolicy;
        Schedules = [.. (await schedules.ListAsync(cancellationToken)).Where(listing => !listing.Cadence.Paused)];
        Categories = [.. (await articles.CategoriesAsync(cancellationToken)).Where(state => state.ArticleCount > 0)];
        titles = await latest.ByCategoryAsync(cancellationToken);
    }
}

/// <summary>A feed among those to choose from.</summary>
/// <param name="Name">For people.</param>
/// <param name="Page">Path of the page about the same, below the base.</param>
/// <param name="Folder">What the feeds' paths begin with: empty, or with a slash at its end.</param>
/// <param name="Latest">What came last.</param>
public sealed record FeedChoice(string Name, string Page, string Folder, IReadOnlyList<ArticleTitle> Latest);
