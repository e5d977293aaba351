using System.Globalization;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>An article's picture in Media RSS, which both formats carry (https://www.rssboard.org/media-rss).</summary>
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
        if (image.Alternative.Length > 0)
        {
            writer.WriteStartElement("media", "description", FeedXml.Media);
            writer.WriteAttributeString("type", "plain");
            writer.WriteString(FeedXml.Clean(image.Alternative));
            writer.WriteEndElement();
        }

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
