using System.Text.Json;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>What the bytes of feeds depend on besides the articles.</summary>
public static class FeedSettings
{
    // Raise it with every change of how feeds are written, so that Last-Modified moves together with the entity tags.
    private const int FormatVersion = 3;

    /// <summary>
    /// One line that changes exactly when every feed is written differently from before although no article changed. The
    /// article store is told of it at the start and moves its times of change.
    /// </summary>
    public static string Describe(PublicationOptions publication, FeedOptions feeds) =>
        JsonSerializer.Serialize(new object[]
        {
            feeds.Hub.Enabled, feeds.Hubs,
            FormatVersion, publication.Base.AbsoluteUri, publication.Title, publication.Description, publication.Language, publication.Author,
            publication.Rights, publication.Icon, publication.Logo,
            feeds.Length, feeds.Content, feeds.Categories.OrderBy(category => category.Slug, StringComparer.Ordinal), feeds.Podcast,
        });
}
