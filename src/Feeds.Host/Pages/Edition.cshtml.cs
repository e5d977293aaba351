using Feeds.Articles;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/newsletters/{name}/{edition}</c>: a sent edition, for anybody.</summary>
public sealed class EditionModel(EditionArchive archive, ArticleStore articles) : ReadingPageModel
{
    /// <summary>Whose edition it is.</summary>
    public NewsletterOffer Newsletter { get; private set; } = null!;

    /// <summary>The last segment of its address.</summary>
    public string Slug { get; private set; } = "";

    /// <summary>What it tells of.</summary>
    public EditionText Text { get; private set; } = null!;

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(string name, string edition, CancellationToken cancellationToken)
    {
        var state = await articles.StateAsync(cancellationToken);
        if (await archive.FindNewsletterAsync(name, cancellationToken) is not { } newsletter || await archive.FindAsync(newsletter, edition, cancellationToken) is not { } text)
        {
            return NotFound();
        }

        (Newsletter, Slug, Text) = (newsletter, edition, text);
        return Show(text.Sent > state.ChangedAt ? text.Sent : state.ChangedAt, isPublic: true);
    }
}
