using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/newsletters/{name}</c>: what a newsletter is, and its sent editions. A private one isn't there.</summary>
public sealed class NewsletterModel(EditionArchive archive, ArticleStore articles, SiteView site) : ReadingPageModel
{
    private const int Shown = 20;

    /// <summary>The newsletter.</summary>
    public NewsletterOffer Newsletter { get; private set; } = null!;

    /// <summary>Its editions, newest first.</summary>
    public EditionList List { get; private set; } = null!;

    /// <summary>Where the list begins; null at the newest edition.</summary>
    public string? Before { get; private set; }

    /// <summary>When its cadences send, in words.</summary>
    public IEnumerable<(string Title, string Sentence)> Schedules => Newsletter.Cadences.Where(cadence => !cadence.Paused)
        .Select(cadence => (cadence.Title, ScheduleBook.Describe(cadence, SendTime.OfCadence, site.Language)));

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(string name, string? before, CancellationToken cancellationToken)
    {
        // First: what changes meanwhile is seen at the next visit.
        var state = await articles.StateAsync(cancellationToken);
        if (await archive.FindNewsletterAsync(name, cancellationToken) is not { } newsletter
            || await archive.ListAsync(newsletter, before, Shown, cancellationToken) is not { } list)
        {
            return NotFound();
        }

        (Newsletter, List, Before) = (newsletter, list, before);
        return Show(list.Editions.Select(edition => edition.Sent).Append(state.ChangedAt).Max(), isPublic: true);
    }
}
