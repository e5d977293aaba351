using System.Globalization;
using System.ServiceModel.Syndication;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>
/// An article as RSS 2.0 item. What the formatter leaves out or writes in a way that readers stumble over (dates end in
/// Z, names need an e-mail address, content vanishes) is written here in the customary extensions.
/// </summary>
internal sealed class RssEntry : SyndicationItem
{
    private readonly Article article;
    private readonly FeedContent content;

    public RssEntry(Article article, FeedAddresses addresses, FeedContent content)
    {
        this.article = article;
        this.content = content;
        Id = FeedXml.Clean(article.Identity);
        Title = new TextSyndicationContent(FeedXml.Clean(article.Title));
        Links.Add(SyndicationLink.CreateAlternateLink(article.Link));
        if (article.Enclosure is { } enclosure)
        {
            Links.Add(new SyndicationLink(enclosure.Address, "enclosure", title: null, enclosure.Type, enclosure.Length));
        }

        foreach (var category in article.Categories)
        {
            Categories.Add(new SyndicationCategory(FeedXml.Clean(category.Name), addresses.Page(category).AbsoluteUri, label: null));
        }

        // Even where it is empty: content without a description before it is taken for the description by some.
        Summary = new TextSyndicationContent(AsHtml(FeedXml.Clean(EntryWriter.Summary(article, content))));
    }

    protected override void WriteElementExtensions(XmlWriter writer, string version)
    {
        writer.WriteElementString("pubDate", RssDate.Write(article.Published));
        if (article.Author.Length > 0)
        {
            writer.WriteElementString("dc", "creator", FeedXml.DublinCore, FeedXml.Clean(article.Author));
        }

        EntryImage.Write(writer, article.Image);
        Podcast.WriteEpisode(writer, article);
        if (content == FeedContent.Full && article.Html.Length > 0)
        {
            writer.WriteElementString("content", "encoded", FeedXml.Content, FeedXml.Clean(article.Html));
        }
    }

    // Readers take a description for HTML; letters with accents need no entities there.
    private static string AsHtml(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

/// <summary>Dates as RSS 2.0 wants them: RFC 822 with a year of four digits, in GMT.</summary>
internal static class RssDate
{
    public static string Write(DateTimeOffset instant) => instant.ToUniversalTime().ToString("r", CultureInfo.InvariantCulture);
}
