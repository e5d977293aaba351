using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Newsletter.Content;
using Feeds.Syndication;
using Microsoft.Extensions.Options;

namespace Feeds.Host.FeedHttp;

/// <summary>A feed of the sent editions of each newsletter that isn't private: <c>newsletters/{name}/feed.atom</c> and its like. Written anew when an edition or an article has changed and somebody asks.</summary>
internal sealed class EditionFeeds(EditionArchive archive, ArticleStore articles, OtherFeeds feeds, IOptions<PublicationOptions> publication)
{
    /// <summary>What the addresses of these feeds begin with.</summary>
    public const string Folder = "newsletters/";

    private const int Shown = 20;
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly ConcurrentDictionary<string, Made> made = new(StringComparer.Ordinal);

    /// <summary>The feed at that path, or null.</summary>
    public async Task<FeedDocument?> FindAsync(string path, CancellationToken cancellationToken)
    {
        var name = path.Split('/')[1];
        var state = await articles.StateAsync(cancellationToken);
        if (await archive.FindNewsletterAsync(name, cancellationToken) is not { } newsletter || await archive.ListAsync(newsletter, before: null, Shown, cancellationToken) is not { } list)
        {
            return null;
        }

        var version = string.Join('\n', list.Editions.Select(edition => $"{edition.Slug} {edition.Title}").Prepend($"{state.Change} {newsletter.Title}"));
        if (!made.TryGetValue(name, out var current) || !string.Equals(current.Version, version, StringComparison.Ordinal))
        {
            made[name] = current = new Made(version, await WriteAsync(newsletter, list, state, cancellationToken));
        }

        return current.Feeds.FirstOrDefault(feed => string.Equals(feed.Path, path, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<FeedDocument>> WriteAsync(NewsletterOffer newsletter, EditionList list, StoreState state, CancellationToken cancellationToken)
    {
        var entries = new List<OtherEntry>();
        foreach (var edition in list.Editions)
        {
            // Withdrawn since the list was read.
            if (await archive.FindAsync(newsletter, edition.Slug, cancellationToken) is { } text)
            {
                entries.Add(Entry(new Uri(publication.Value.Base, $"{Folder}{newsletter.Name}/{edition.Slug}"), text));
            }
        }

        var changed = list.Editions.Select(edition => edition.Sent).Append(state.ChangedAt).Max();
        return feeds.Write($"{Folder}{newsletter.Name}", newsletter.Title, entries, DateTimeOffset.FromUnixTimeSeconds(changed.ToUnixTimeSeconds()));
    }

    private static OtherEntry Entry(Uri address, EditionText text)
    {
        var words = Phrases.Of(text.Language);
        var count = text.Articles.Count + text.More;
        var title = text.Articles[0].Title + (count > 1 ? $" {words.AndMore(count - 1)}" : "");
        var summary = $"{text.Title} · {words.LongDate(new DateTimeOffset(text.Day, TimeOnly.MinValue, TimeSpan.Zero), TimeZoneInfo.Utc)} · {words.NewArticles(count)}";
        var html = string.Concat(text.Articles.Select(article =>
            $"<h2 lang=\"{Encoder.Encode(article.Language)}\"><a href=\"{Encoder.Encode(article.Link.AbsoluteUri)}\">{Encoder.Encode(article.Title)}</a></h2><p lang=\"{Encoder.Encode(article.Language)}\">{Encoder.Encode(article.Summary)}</p>"));
        var more = text.More > 0 ? $"<p>{Encoder.Encode(words.AndMore(text.More))}</p>" : "";
        return new OtherEntry(address.AbsoluteUri, address, title, summary, html + more, text.Sent, text.Articles.Select(article => article.Updated).Append(text.Sent).Max());
    }

    private sealed record Made(string Version, IReadOnlyList<FeedDocument> Feeds);
}
