using System.ServiceModel.Syndication;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>An article as Atom entry (RFC 4287 §4.1.2).</summary>
internal sealed class AtomEntry : SyndicationItem
{
    private readonly Article article;

    public AtomEntry(Article article, FeedAddresses addresses, string feedLanguage, FeedContent content)
    {
        this.article = article;
        if (!string.Equals(article.Language, feedLanguage, StringComparison.OrdinalIgnoreCase))
        {
            AttributeExtensions.Add(new XmlQualifiedName("lang", FeedXml.Xml), article.Language);
        }

        // An identity or an instant that is left out would be random or now.
        Id = FeedXml.Clean(article.Identity);
        PublishDate = article.Published.ToUniversalTime();
        LastUpdatedTime = article.Updated.ToUniversalTime();
        Title = new TextSyndicationContent(FeedXml.Clean(article.Title));
        if (EntryWriter.Summary(article, content) is { Length: > 0 } summary)
        {
            Summary = new TextSyndicationContent(FeedXml.Clean(summary));
        }

        if (content == FeedContent.Full && article.Html.Length > 0)
        {
            Content = new TextSyndicationContent(FeedXml.Clean(article.Html), TextSyndicationContentKind.Html);
        }

        Links.Add(new SyndicationLink(article.Link, "alternate", title: null, "text/html", 0));
        if (article.Enclosure is { } enclosure)
        {
            Links.Add(new SyndicationLink(enclosure.Address, "enclosure", title: null, enclosure.Type, enclosure.Length));
        }

        if (article.Author.Length > 0)
        {
            Authors.Add(new SyndicationPerson { Name = FeedXml.Clean(article.Author) });
        }

        foreach (var category in article.Categories)
        {
            Categories.Add(new SyndicationCategory(category.Slug, addresses.Categories.AbsoluteUri, FeedXml.Clean(category.Name)));
        }
    }

    protected override void WriteElementExtensions(XmlWriter writer, string version) => EntryImage.Write(writer, article.Image);
}
