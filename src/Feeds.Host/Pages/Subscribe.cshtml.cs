using System.Globalization;
using Feeds.Articles;
using Feeds.Host.Api;
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
public sealed class SubscribeModel(ArticleStore articles, ScheduleBook schedules, EditionArchive archive, Subscribers subscribers, LatestTitles latest, SiteView site) : PageModel
{
    private IReadOnlyDictionary<string, IReadOnlyList<ArticleTitle>> titles = new Dictionary<string, IReadOnlyList<ArticleTitle>>(StringComparer.Ordinal);

    /// <summary>The cadences that are not paused, of newsletters that anybody may ask for.</summary>
    public IReadOnlyList<ScheduleListing> Schedules { get; private set; } = [];

    /// <summary>The newsletters that have them, or had.</summary>
    public IReadOnlyList<NewsletterOffer> Newsletters { get; private set; } = [];

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

    /// <summary>What became of the form; null before it was sent.</summary>
    public JoinOutcome? Outcome { get; private set; }

    /// <summary>The address that was probably meant.</summary>
    public string? Meant { get; private set; }

    /// <summary>Shows that the form is ours.</summary>
    public JoinTicket Ticket { get; private set; } = null!;

    /// <summary>The newest titles of a category.</summary>
    public IReadOnlyList<ArticleTitle> Titles(Category category) => titles.GetValueOrDefault(category.Slug) ?? [];

    /// <summary>Shows the form.</summary>
    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(earlier: null, cancellationToken);
        Cadence = Schedules.Count > 0 ? Schedules[0].Cadence.Name : null;
    }

    /// <summary>Takes the form.</summary>
    public async Task OnPostAsync(
        [FromForm] string? email, [FromForm] string? cadence, [FromForm] string[]? categories, [FromForm] string? token, [FromForm] string? work, [FromForm] bool sure, CancellationToken cancellationToken)
    {
        var form = new JoinForm(email, cadence, categories ?? []) { From = HttpContext.Connection.RemoteIpAddress, Token = token, Work = work, IsSure = sure };
        var answer = await subscribers.AskAsync(form, cancellationToken);
        Outcome = answer.Outcome;
        switch (answer.Outcome)
        {
            case JoinOutcome.Taken:
                return;
            case JoinOutcome.Later:
                Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                Response.Headers.RetryAfter = JoinApi.WhenFull.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                return;
            case JoinOutcome.Misspelt:
                Meant = answer.Text;
                break;
            case JoinOutcome.Stale:
                Refused = site["Please look over the form and send it once more."];
                break;
            default:
                Refused = answer.Text;
                break;
        }

        Response.StatusCode = answer.Outcome == JoinOutcome.Unknown ? StatusCodes.Status404NotFound : StatusCodes.Status422UnprocessableEntity;
        (Email, Cadence, Chosen) = (email, cadence, categories ?? []);
        await LoadAsync(token, cancellationToken);
    }

    private async Task LoadAsync(string? earlier, CancellationToken cancellationToken)
    {
        Response.Headers.ContentSecurityPolicy = SiteSecurity.ScriptedPolicy;
        // The form in it is this reader's, and for a day.
        Response.Headers.CacheControl = "no-store";
        Ticket = await subscribers.IssueFormAsync(HttpContext.Connection.RemoteIpAddress, earlier, cancellationToken);
        Newsletters = await archive.NewslettersAsync(cancellationToken);
        var open = Newsletters.Select(newsletter => newsletter.Name).ToHashSet(StringComparer.Ordinal);
        Schedules = [.. (await schedules.ListAsync(cancellationToken)).Where(listing => !listing.Cadence.Paused && open.Contains(listing.Cadence.Newsletter))];
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
