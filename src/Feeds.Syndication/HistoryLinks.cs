using System.Xml;

namespace Feeds.Syndication;

/// <summary>How a feed document is chained to the older ones, and an archive to its live feed (RFC 5005 §4).</summary>
internal static class HistoryLinks
{
    /// <summary>The links of that document, by their relation.</summary>
    public static IEnumerable<(string Relation, Uri Address)> Of(FeedContents contents, FeedFormat format, FeedAddresses addresses)
    {
        if (contents.PreviousArchive > 0)
        {
            yield return ("prev-archive", addresses.Feed(contents.Subject.Path(format, contents.PreviousArchive)));
        }

        if (contents.Archive > 0)
        {
            // No next-archive: whoever walks comes from there, and an archive shall not change when the next one is closed.
            yield return ("current", addresses.Feed(contents.Subject.Path(format)));
        }
    }

    /// <summary>Marks an archive as such (§4).</summary>
    public static void WriteMark(XmlWriter writer, FeedContents contents)
    {
        if (contents.Archive > 0)
        {
            writer.WriteStartElement("fh", "archive", FeedXml.History);
            writer.WriteEndElement();
        }
    }
}
