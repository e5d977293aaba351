using System.Net.Http.Headers;
using System.Text.Json;
using Feeds.Articles;

namespace Feeds.Syndication.Hub;

/// <summary>
/// The operator's own program that empties a shared cache. It gets, by POST,
/// <c>{"everything":false,"addresses":["https://…",…]}</c>; where everything changed, the addresses are the feeds alone.
/// Addresses from before an article or a category was renamed are among them: a cache may have them with what was there then.
/// </summary>
internal sealed class PurgeFollower(Uri hook, FollowerHttp http, ArticleHistory history, PublicationOptions publication) : IFollower
{
    private const int AddressesAtOnce = 1000;

    private static readonly string[] WithEveryChange = ["", FeedList.Path, "sitemap.xml", "subscribe"];

    private readonly FeedAddresses addresses = new(publication.Base);

    public string Name { get; } = FollowerName.Of("purge", hook);

    public string Description { get; } = $"the purge hook at {hook.Authority}";

    public async Task<string?> TellAsync(long after, TopicChanges changes, Func<Task<bool>> keep, CancellationToken cancellationToken)
    {
        var seen = await history.SeenAsync(after, changes.UpTo, cancellationToken);
        List<string> feeds = [.. changes.Paths, .. changes.FormerPaths, .. changes.EndedPaths];
        if (feeds.Count == 0 && seen is { Count: 0 })
        {
            return null;
        }

        var paths = WithEveryChange.Concat(feeds).Concat(feeds.Select(PageOf)).Concat((seen ?? []).SelectMany(PathsOf));
        foreach (var some in paths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(AddressesAtOnce))
        {
            if (!await keep())
            {
                return null;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, hook);
            request.Content = new ByteArrayContent(Write(seen is null, some));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var reply = await http.SendAsync(request, bodyBytes: 0, cancellationToken);
            if (!reply.IsSuccess)
            {
                return reply.Reason;
            }
        }

        return null;
    }

    /// <summary>The page for people beside a feed.</summary>
    private static string PageOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";

    /// <summary>Wherever an article stands, or stood: also in archives, and in categories that it has left.</summary>
    private static IEnumerable<string> PathsOf(SeenChange article) =>
        article.Places
            .Concat(article.FormerPlaces)
            .SelectMany(place => FeedsOf(FeedSubject.Of(new Category(0, place.Category, place.Category)), place.Place).Append($"categories/{place.Category}"))
            .Concat(FeedsOf(FeedSubject.Of(category: null), article.Sequence))
            .Concat(article.FormerSlugs.Append(article.Slug).Select(slug => $"articles/{slug}"));

    private static IEnumerable<string> FeedsOf(FeedSubject subject, long place) =>
        FeedFormats.All.SelectMany(format => (string[])[subject.Path(format), subject.Path(format, ((place - 1) / ArticleHistory.ArchiveLength) + 1)]);

    private byte[] Write(bool isEverything, IReadOnlyList<string> paths)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("everything", isEverything);
            writer.WriteStartArray("addresses");
            foreach (var path in paths)
            {
                writer.WriteStringValue(addresses.Feed(path).AbsoluteUri);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}
