using Feeds.Articles;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/editions/{token}</c>: a mail in the browser. Whoever has the link may read; it names the edition and nobody.</summary>
public sealed class MailedEditionModel(EditionArchive archive, ArticleStore articles, SiteView site) : ReadingPageModel
{
    /// <summary>What it shows.</summary>
    public EditionView Edition { get; private set; } = null!;

    /// <summary>Shows it, to people and not to search engines.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken)
    {
        Response.Headers["X-Robots-Tag"] = "noindex";
        var state = await articles.StateAsync(cancellationToken);
        if (await archive.FindViewAsync(token, cancellationToken) is not { } edition)
        {
            return NotFound();
        }

        Edition = edition;
        site.Speak(edition.Language);
        return Show(edition.Text is { } text && text.Sent > state.ChangedAt ? text.Sent : state.ChangedAt, isPublic: false);
    }
}
