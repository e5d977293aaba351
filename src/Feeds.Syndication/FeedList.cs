using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>All feeds as subscriptions that a feed reader can import at once: OPML 2.0 (http://opml.org/spec2.opml).</summary>
internal sealed class FeedList(PublicationOptions publication)
{
    /// <summary>Below the publication's base; also its file name when published.</summary>
    public const string Path = "feeds.opml";

    private volatile Made? made;

    /// <summary>The list as of that snapshot.</summary>
    public FeedDocument Of(FeedSnapshot snapshot)
    {
        if (made is not { } held || held.Snapshot != snapshot)
        {
            // Its bytes change less often than the publication, but no other time is the same in every process.
            held = new Made(snapshot, new FeedDocument(Path, "text/x-opml; charset=utf-8", Write(publication, snapshot.Categories), snapshot.State.ChangedAt, FeedRhythm.Hourly));
            made = held;
        }

        return held.Document;
    }

    internal static ReadOnlyMemory<byte> Write(PublicationOptions publication, IReadOnlyList<Category> categories)
    {
        using var output = new MemoryStream();
        using (var writer = FeedXml.CreateWriter(output))
        {
            writer.WriteStartDocument();
            writer.WriteStartElement("opml");
            writer.WriteAttributeString("version", "2.0");
            writer.WriteStartElement("head");
            writer.WriteElementString("title", FeedXml.Clean(publication.Title));
            writer.WriteEndElement();
            writer.WriteStartElement("body");
            writer.WriteWhitespace("\n");
            WriteOutline(writer, publication, category: null);
            foreach (var category in categories)
            {
                WriteOutline(writer, publication, category);
            }

            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return output.ToArray();
    }

    // One feed once: who imports the list wants every article in one format, and Atom says the most. "rss" is OPML's name
    // for a feed of any format.
    private static void WriteOutline(XmlWriter writer, PublicationOptions publication, Category? category)
    {
        var addresses = new FeedAddresses(publication.Base);
        var subject = FeedSubject.Of(category);
        var title = FeedXml.Clean(subject.Title(publication));
        writer.WriteStartElement("outline");
        writer.WriteAttributeString("type", "rss");
        writer.WriteAttributeString("text", title);
        writer.WriteAttributeString("title", title);
        writer.WriteAttributeString("xmlUrl", addresses.Feed(subject.Path(FeedFormat.Atom)).AbsoluteUri);
        writer.WriteAttributeString("htmlUrl", subject.Page(addresses).AbsoluteUri);
        if (category is not null)
        {
            // A comma begins another category there, a slash one below it.
            writer.WriteAttributeString("category", FeedXml.Clean(category.Name).Replace(',', ' ').Replace('/', ' '));
        }

        writer.WriteEndElement();
        writer.WriteWhitespace("\n");
    }

    private sealed record Made(FeedSnapshot Snapshot, FeedDocument Document);
}
