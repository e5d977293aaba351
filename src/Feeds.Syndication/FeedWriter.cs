using System.ServiceModel.Syndication;
using System.Xml;
using System.Xml.Serialization;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Writes a feed's head and tail, in XML by the formatter, and puts encoded entries between them.</summary>
internal static class FeedWriter
{
    public static ReadOnlyMemory<byte> Write(FeedFormat format, PublicationOptions publication, FeedOptions options, FeedContents contents)
    {
        using var output = new MemoryStream(contents.Entries.Sum(entry => entry.In(format).Length + 1) + 4096);
        Write(output, format, publication, options, contents);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    /// <summary>Writes the feed to an empty stream, which may be used again for another one.</summary>
    public static void Write(MemoryStream output, FeedFormat format, PublicationOptions publication, FeedOptions options, FeedContents contents)
    {
        if (format == FeedFormat.Json)
        {
            JsonFeed.Write(output, publication, options, contents);
            return;
        }

        var head = new FeedHead(format, publication, options, contents);
        using var writer = FeedXml.CreateWriter(output);
        writer.WriteStartDocument();
        writer.WriteWhitespace("\n");
        writer.WriteComment($" {FeedNotice.ForComment(publication)} ");
        writer.WriteWhitespace("\n");
        FeedXml.WriteStartOfRoot(writer, format, contents.HasEpisodes);
        IXmlSerializable formatter = format == FeedFormat.Rss ? new SplicedRss(head, contents, output) : new SplicedAtom(head, contents, output);
        formatter.WriteXml(writer);
        writer.WriteEndElement();
    }

    private static void Splice(XmlWriter writer, FeedFormat format, IReadOnlyList<Entry> entries, MemoryStream output)
    {
        writer.WriteWhitespace("\n");
        writer.Flush();
        foreach (var entry in entries)
        {
            output.Write(entry.In(format).Span);
            output.WriteByte((byte)'\n');
        }
    }

    private sealed class SplicedRss(SyndicationFeed head, FeedContents contents, MemoryStream output)
        : Rss20FeedFormatter(head, serializeExtensionsAsAtom: false)
    {
        protected override void WriteItems(XmlWriter writer, IEnumerable<SyndicationItem> items, Uri feedBaseUri)
        {
            writer.Flush();
            var written = RssPlainText.Of(output.GetBuffer().AsSpan(0, (int)output.Position));
            output.SetLength(0);
            output.Write(written);
            Splice(writer, FeedFormat.Rss, contents.Entries, output);
        }
    }

    private sealed class SplicedAtom(SyndicationFeed head, FeedContents contents, MemoryStream output) : Atom10FeedFormatter(head)
    {
        protected override void WriteItems(XmlWriter writer, IEnumerable<SyndicationItem> items, Uri feedBaseUri)
        {
            foreach (var withdrawal in contents.Withdrawn)
            {
                AtomTombstone.Write(writer, withdrawal, Feed.Language);
            }

            Splice(writer, FeedFormat.Atom, contents.Entries, output);
        }
    }
}
