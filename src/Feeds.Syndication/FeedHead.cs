using System.ServiceModel.Syndication;
using System.Xml;
using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Everything of a feed but its entries.</summary>
internal sealed class FeedHead : SyndicationFeed
{
    /// <summary>
    /// What RSS readers are asked to wait between two visits. A publication has a few articles a day; who wants them
    /// sooner visits sooner, and is answered by a 304.
    /// </summary>
    internal static readonly TimeSpan VisitInterval = TimeSpan.FromHours(1);

    private readonly FeedFormat format;
    private readonly Uri self;
    private readonly DateTimeOffset? updated;

    /// <param name="format">Which format's head.</param>
    /// <param name="publication">Whose feed.</param>
    /// <param name="category">Of one category, or of the whole publication where null.</param>
    /// <param name="updated">When the newest change of an entry or the last withdrawal happened; null where there is neither.</param>
    public FeedHead(FeedFormat format, PublicationOptions publication, Category? category, DateTimeOffset? updated)
    {
        this.format = format;
        this.updated = updated?.ToUniversalTime();
        var addresses = new FeedAddresses(publication.Base);
        self = addresses.Feed(FeedAddresses.Path(category, format));
        var title = TitleOf(publication, category);
        var description = publication.Description.Length > 0 ? publication.Description : title;
        Title = new TextSyndicationContent(FeedXml.Clean(title));
        Description = new TextSyndicationContent(FeedXml.Clean(description));
        Language = publication.Language;
        Generator = "Feeds";
        Links.Add(new SyndicationLink(addresses.Page(category), "alternate", title: null, "text/html", 0));
        if (format == FeedFormat.Rss)
        {
            TimeToLive = VisitInterval;
        }
        else
        {
            Id = self.AbsoluteUri;
            // Without entries there is no time that every process would know; the formatter's own choice would be now.
            LastUpdatedTime = this.updated ?? DateTimeOffset.UnixEpoch;
            Links.Add(new SyndicationLink(self, "self", title: null, "application/atom+xml", 0));
            Authors.Add(new SyndicationPerson { Name = FeedXml.Clean(publication.Author.Length > 0 ? publication.Author : publication.Title) });
        }
    }

    /// <summary>What a feed is called, in every format.</summary>
    public static string TitleOf(PublicationOptions publication, Category? category) =>
        category is null ? publication.Title : $"{category.Name} – {publication.Title}";

    protected override void WriteElementExtensions(XmlWriter writer, string version)
    {
        if (format == FeedFormat.Atom)
        {
            return;
        }

        if (updated is { } instant)
        {
            writer.WriteElementString("lastBuildDate", RssDate.Write(instant));
        }

        writer.WriteStartElement("atom", "link", FeedXml.Atom);
        writer.WriteAttributeString("rel", "self");
        writer.WriteAttributeString("type", "application/rss+xml");
        writer.WriteAttributeString("href", self.AbsoluteUri);
        writer.WriteEndElement();
    }
}
