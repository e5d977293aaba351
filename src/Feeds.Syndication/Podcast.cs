using System.Globalization;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// What directories of podcasts read beside RSS (https://podcasters.apple.com/support/823-podcast-requirements). Atom has
/// no place for it; its enclosures are links.
/// </summary>
internal static class Podcast
{
    /// <summary>Apple's, without those below them: the first one decides where a podcast is listed.</summary>
    public static readonly IReadOnlyList<string> Categories =
    [
        "Arts", "Business", "Comedy", "Education", "Fiction", "Government", "Health & Fitness", "History", "Kids & Family", "Leisure",
        "Music", "News", "Religion & Spirituality", "Science", "Society & Culture", "Sports", "TV & Film", "Technology", "True Crime",
    ];

    /// <summary>Of an item with an enclosure.</summary>
    public static void WriteEpisode(XmlWriter writer, Article article)
    {
        if (article.Enclosure is not { } enclosure)
        {
            return;
        }

        if (enclosure.Duration is { } duration)
        {
            writer.WriteElementString("itunes", "duration", FeedXml.Itunes, ((long)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }

        WriteImage(writer, article.Image?.Address);
    }

    /// <summary>Of a channel with an episode in it.</summary>
    /// <param name="writer">Within the channel.</param>
    /// <param name="publication">Whose channel.</param>
    /// <param name="options">What directories were told.</param>
    /// <param name="description">The channel's.</param>
    public static void WriteChannel(XmlWriter writer, PublicationOptions publication, PodcastOptions options, string description)
    {
        var author = FeedXml.Clean(publication.Author.Length > 0 ? publication.Author : publication.Title);
        writer.WriteElementString("itunes", "author", FeedXml.Itunes, author);
        writer.WriteElementString("itunes", "summary", FeedXml.Itunes, FeedXml.Clean(description));
        // What a publication has to say about that, it can say per directory; a channel without it is refused.
        writer.WriteElementString("itunes", "explicit", FeedXml.Itunes, "false");
        WriteImage(writer, publication.LogoAddress);
        if (options.Category.Length > 0)
        {
            writer.WriteStartElement("itunes", "category", FeedXml.Itunes);
            writer.WriteAttributeString("text", options.Category);
            writer.WriteEndElement();
        }

        if (options.Email.Length > 0)
        {
            writer.WriteStartElement("itunes", "owner", FeedXml.Itunes);
            writer.WriteElementString("itunes", "name", FeedXml.Itunes, author);
            writer.WriteElementString("itunes", "email", FeedXml.Itunes, options.Email);
            writer.WriteEndElement();
        }
    }

    private static void WriteImage(XmlWriter writer, Uri? address)
    {
        if (address is not null)
        {
            writer.WriteStartElement("itunes", "image", FeedXml.Itunes);
            writer.WriteAttributeString("href", address.AbsoluteUri);
            writer.WriteEndElement();
        }
    }
}
