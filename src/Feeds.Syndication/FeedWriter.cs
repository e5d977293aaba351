using System.ServiceModel.Syndication;
using System.Xml;
using System.Xml.Serialization;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Writes a feed's head and tail, in XML by the formatter, and puts encoded entries between them.</summary>
internal static class FeedWriter
{
    public static ReadOnlyMemory<byte> Write(
        FeedFormat format, PublicationOptions publication, Category? category, IReadOnlyList<Article> articles, IReadOnlyList<Entry> entries, IReadOnlyList<Withdrawal> withdrawn)
    {
        using var output = new MemoryStream(entries.Sum(entry => entry.In(format).Length + 1) + 4096);
        if (format == FeedFormat.Json)
        {
            JsonFeed.Write(output, publication, category, entries);
            return output.ToArray();
        }

        var changes = articles.Select(article => article.Updated).Concat(withdrawn.Select(article => article.WithdrawnAt)).ToList();
        var head = new FeedHead(format, publication, category, changes.Count > 0 ? changes.Max() : null);
        using (var writer = FeedXml.CreateWriter(output))
        {
            writer.WriteStartDocument();
            FeedXml.WriteStartOfRoot(writer, format, articles.Any(article => article.Enclosure is not null));
            IXmlSerializable formatter = format == FeedFormat.Rss ? new SplicedRss(head, entries, output) : new SplicedAtom(head, entries, withdrawn, output);
            formatter.WriteXml(writer);
            writer.WriteEndElement();
        }

        return output.ToArray();
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

    private sealed class SplicedRss(SyndicationFeed head, IReadOnlyList<Entry> entries, MemoryStream output)
        : Rss20FeedFormatter(head, serializeExtensionsAsAtom: false)
    {
        protected override void WriteItems(XmlWriter writer, IEnumerable<SyndicationItem> items, Uri feedBaseUri) =>
            Splice(writer, FeedFormat.Rss, entries, output);
    }

    private sealed class SplicedAtom(SyndicationFeed head, IReadOnlyList<Entry> entries, IReadOnlyList<Withdrawal> withdrawn, MemoryStream output) : Atom10FeedFormatter(head)
    {
        protected override void WriteItems(XmlWriter writer, IEnumerable<SyndicationItem> items, Uri feedBaseUri)
        {
            foreach (var withdrawal in withdrawn)
            {
                AtomTombstone.Write(writer, withdrawal, Feed.Language);
            }

            Splice(writer, FeedFormat.Atom, entries, output);
        }
    }
}
