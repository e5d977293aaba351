using Feeds.Articles;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>An entry of a feed that is not of articles.</summary>
/// <param name="Identity">An address or tag URI that stays the same through every change.</param>
/// <param name="Link">Where people read it.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Summary">Plain text, one paragraph.</param>
/// <param name="Html">Sanitised HTML in which every address is absolute.</param>
/// <param name="Published">When it was first there.</param>
/// <param name="Updated">When it last changed significantly, not before.</param>
public sealed record OtherEntry(string Identity, Uri Link, string Title, string Summary, string Html, DateTimeOffset Published, DateTimeOffset Updated);

/// <summary>Writes feeds of what else the site tells of, in every format and with validators as those of articles have them.</summary>
public sealed class OtherFeeds(IOptions<PublicationOptions> publication, IOptions<FeedOptions> options)
{
    /// <param name="page">Path of the page that tells of the same, below the base; the feeds are in a folder of that name.</param>
    /// <param name="title">What the feed is called, beside the publication's title.</param>
    /// <param name="entries">Newest first.</param>
    /// <param name="changedAt">Moves forward whenever one of them changes; whole seconds.</param>
    public IReadOnlyList<FeedDocument> Write(string page, string title, IReadOnlyList<OtherEntry> entries, DateTimeOffset changedAt)
    {
        var subject = FeedSubject.Of(page, title);
        var articles = entries.Select(Article).ToList();
        var writer = new EntryWriter(new FeedAddresses(publication.Value.Base), publication.Value.Language);
        var contents = FeedContents.Of(subject, archive: 0, previousArchive: 0, articles, articles.ConvertAll(article => writer.Write(article, FeedContent.Full)), [], changedAt);
        return [.. FeedFormats.All.Select(format => new FeedDocument(
            subject.Path(format), format.ContentType(), FeedWriter.Write(format, publication.Value, options.Value, contents), changedAt, contents.Rhythm)
        {
            Link = HubLinks.Header([], subject.Path(format), publication.Value),
        })];
    }

    // What is written of an article is what is written of any entry.
    private Article Article(OtherEntry entry) => new()
    {
        Id = 0,
        Identity = entry.Identity,
        Slug = "",
        Link = entry.Link,
        Title = entry.Title,
        Author = publication.Value.Author,
        Language = publication.Value.Language,
        Summary = entry.Summary,
        Html = entry.Html,
        Image = null,
        Published = entry.Published,
        Updated = entry.Updated,
        Sequence = 0,
        Categories = [],
    };
}
