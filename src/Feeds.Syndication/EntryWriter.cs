using System.Diagnostics;
using System.ServiceModel.Syndication;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>An article in every format, encoded as it stands in every feed that carries it.</summary>
internal sealed record Entry(ReadOnlyMemory<byte> Rss, ReadOnlyMemory<byte> Atom, ReadOnlyMemory<byte> Json)
{
    public long Bytes => (long)Rss.Length + Atom.Length + Json.Length;

    public ReadOnlyMemory<byte> In(FeedFormat format) => format switch
    {
        FeedFormat.Rss => Rss,
        FeedFormat.Atom => Atom,
        FeedFormat.Json => Json,
        _ => throw new UnreachableException(),
    };
}

/// <summary>Encodes entries: once for each article, format and content, however many feeds carry it.</summary>
internal sealed class EntryWriter(FeedAddresses addresses, string feedLanguage)
{
    public Entry Write(Article article, FeedContent content) =>
        new(Write(FeedFormat.Rss, article, content), Write(FeedFormat.Atom, article, content), JsonItem.Write(article, feedLanguage, content));

    /// <summary>The article as the formatters of XML take it.</summary>
    public SyndicationItem Item(FeedFormat format, Article article, FeedContent content) =>
        format == FeedFormat.Rss ? new RssEntry(article, addresses, content) : new AtomEntry(article, addresses, feedLanguage, content);

    /// <summary>The summary of an entry with that content. Where it would be all that there is, and is empty, the title stands in for it.</summary>
    public static string Summary(Article article, FeedContent content) =>
        article.Summary.Length == 0 && (content == FeedContent.Summary || article.Html.Length == 0) ? article.Title : article.Summary;

    private ReadOnlyMemory<byte> Write(FeedFormat format, Article article, FeedContent content)
    {
        var item = Item(format, article, content);
        using var output = new MemoryStream(article.Html.Length + (article.Html.Length / 2) + 2048);
        using var writer = FeedXml.CreateWriter(output);
        FeedXml.WriteStartOfRoot(writer, format, hasEpisodes: true);
        if (format == FeedFormat.Rss)
        {
            writer.WriteStartElement("channel");
        }

        // Text closes the start tag, so that what follows is the entry and nothing else.
        writer.WriteWhitespace("\n");
        writer.Flush();
        var start = (int)output.Position;
        SyndicationItemFormatter formatter =
            format == FeedFormat.Rss ? new Rss20ItemFormatter(item, serializeExtensionsAsAtom: false) : new Atom10ItemFormatter(item);
        formatter.WriteTo(writer);
        writer.Flush();
        var written = output.GetBuffer().AsSpan(start, (int)output.Position - start);
        return format == FeedFormat.Rss ? RssPlainText.Of(written) : written.ToArray();
    }
}
