using System.Text;
using System.Xml;

namespace Feeds.Syndication;

/// <summary>What the XML of every feed has in common: its encoding, its namespaces, its root.</summary>
internal static class FeedXml
{
    public const string Atom = "http://www.w3.org/2005/Atom";
    public const string Content = "http://purl.org/rss/1.0/modules/content/";
    public const string DublinCore = "http://purl.org/dc/elements/1.1/";
    public const string History = "http://purl.org/syndication/history/1.0";
    public const string Itunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";
    public const string Media = "http://search.yahoo.com/mrss/";
    public const string Syndication = "http://purl.org/rss/1.0/modules/syndication/";
    public const string Tombstones = "http://purl.org/atompub/tombstones/1.0";
    public const string Xml = "http://www.w3.org/XML/1998/namespace";

    private const string Declarations = "http://www.w3.org/2000/xmlns/";

    // The default writer begins with a byte order mark, and one that writes to a string declares utf-16.
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Replace,
    };

    public static XmlWriter CreateWriter(Stream output) => XmlWriter.Create(output, Settings);

    /// <summary>
    /// Begins the root element with every namespace that an entry may use, so that entries need no declaration of their
    /// own and the same bytes are right in every feed.
    /// </summary>
    /// <param name="writer">At the root.</param>
    /// <param name="format">RSS or Atom.</param>
    /// <param name="hasEpisodes">Whether an entry is one of a podcast. A feed without any does not look like one.</param>
    public static void WriteStartOfRoot(XmlWriter writer, FeedFormat format, bool hasEpisodes)
    {
        if (format == FeedFormat.Rss)
        {
            writer.WriteStartElement("rss");
            Declare(writer, "atom", Atom);
            Declare(writer, "content", Content);
            Declare(writer, "dc", DublinCore);
            Declare(writer, "sy", Syndication);
            if (hasEpisodes)
            {
                Declare(writer, "itunes", Itunes);
            }
        }
        else
        {
            writer.WriteStartElement("feed", Atom);
        }

        Declare(writer, "media", Media);
    }

    /// <summary>The text without the characters that XML 1.0 has no way to write (section 2.2, Char).</summary>
    public static string Clean(string text)
    {
        var firstBad = IndexOfUnwritable(text, 0);
        if (firstBad < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var from = 0;
        for (var bad = firstBad; bad >= 0; bad = IndexOfUnwritable(text, from))
        {
            clean.Append(text, from, bad - from);
            from = bad + 1;
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }

    private static int IndexOfUnwritable(string text, int from)
    {
        for (var at = from; at < text.Length; at++)
        {
            if (XmlConvert.IsXmlChar(text[at]))
            {
                continue;
            }

            if (at + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[at + 1], text[at]))
            {
                at++;
                continue;
            }

            return at;
        }

        return -1;
    }

    private static void Declare(XmlWriter writer, string prefix, string address) =>
        writer.WriteAttributeString("xmlns", prefix, Declarations, address);
}
