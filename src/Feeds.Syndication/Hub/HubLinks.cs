using Feeds.Articles;

namespace Feeds.Syndication.Hub;

/// <summary>
/// The hubs that a feed names to its readers, our own first: in itself, and in the <c>Link</c> header (RFC 8288) that goes
/// with it (WebSub §4). Only a live feed of articles has any: an archive or a combination is no topic.
/// </summary>
internal static class HubLinks
{
    public static IReadOnlyList<Uri> Of(FeedContents contents, PublicationOptions publication, FeedOptions options)
    {
        if (contents.Archive > 0 || !contents.Subject.IsTopic)
        {
            return [];
        }

        var others = options.Hubs.Select(hub => new Uri(hub));
        return [.. options.Hub.Enabled ? others.Prepend(new Uri(publication.Base, "hub")) : others];
    }

    /// <summary>The header's value for a feed at that path below the base.</summary>
    public static string Header(IEnumerable<Uri> hubs, string path, PublicationOptions publication) =>
        string.Concat(hubs.Select(hub => $"<{hub.AbsoluteUri}>; rel=\"hub\", ")) + $"<{new FeedAddresses(publication.Base).Feed(path).AbsoluteUri}>; rel=\"self\"";
}
