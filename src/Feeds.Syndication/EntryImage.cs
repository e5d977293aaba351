using System.Globalization;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// An article's picture in Media RSS, which both formats in XML carry (https://www.rssboard.org/media-rss), as what
/// belongs to the entry and as what to show in a list: readers look for one or the other. Its text stays in the content:
/// feedparser takes a media:description for the article's own.
/// </summary>
internal static class EntryImage
{
    public static void Write(XmlWriter writer, ArticleImage? image)
    {
        if (image is null)
        {
            return;
        }

        writer.WriteStartElement("media", "content", FeedXml.Media);
        writer.WriteAttributeString("url", image.Address.AbsoluteUri);
        writer.WriteAttributeString("medium", "image");
        WritePixels(writer, "width", image.Width);
        WritePixels(writer, "height", image.Height);
        writer.WriteEndElement();
        writer.WriteStartElement("media", "thumbnail", FeedXml.Media);
        writer.WriteAttributeString("url", image.Address.AbsoluteUri);
        WritePixels(writer, "width", image.Width);
        WritePixels(writer, "height", image.Height);
        writer.WriteEndElement();
    }

    private static void WritePixels(XmlWriter writer, string name, int? pixels)
    {
        if (pixels is { } known)
        {
            writer.WriteAttributeString(name, known.ToString(CultureInfo.InvariantCulture));
        }
    }
}
