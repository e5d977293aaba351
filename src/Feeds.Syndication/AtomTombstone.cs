using System.Globalization;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>A withdrawn article in an Atom feed: <c>at:deleted-entry</c> (RFC 6721 §3). Readers take the entry out.</summary>
internal static class AtomTombstone
{
    /// <remarks>It declares its namespace itself: few feeds have one, and all others keep their bytes.</remarks>
    public static void Write(XmlWriter writer, Withdrawal withdrawal, string feedLanguage)
    {
        writer.WriteWhitespace("\n");
        writer.WriteStartElement("at", "deleted-entry", FeedXml.Tombstones);
        writer.WriteAttributeString("ref", FeedXml.Clean(withdrawal.Identity));
        writer.WriteAttributeString("when", withdrawal.WithdrawnAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (withdrawal.Reason is { } reason)
        {
            writer.WriteStartElement("at", "comment", FeedXml.Tombstones);
            if (!string.Equals(withdrawal.Language, feedLanguage, StringComparison.OrdinalIgnoreCase))
            {
                writer.WriteAttributeString("xml", "lang", FeedXml.Xml, withdrawal.Language);
            }

            writer.WriteString(FeedXml.Clean(reason));
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }
}
