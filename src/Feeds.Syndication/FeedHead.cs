using System.ServiceModel.Syndication;
using System.Xml;
using Feeds.Articles;
using Feeds.Syndication.Hub;

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
    private readonly FeedContents contents;
    private readonly IReadOnlyList<Uri> hubs;
    private readonly FeedAddresses addresses;
    private readonly Uri self;
    private readonly DateTimeOffset? updated;

    /// <param name="format">Which format's head.</param>
    /// <param name="publication">Whose feed.</param>
    /// <param name="options">What all feeds carry.</param>
    /// <param name="contents">What it says.</param>
    public FeedHead(FeedFormat format, PublicationOptions publication, FeedOptions options, FeedContents contents)
    {
        this.format = format;
        this.contents = contents;
        updated = contents.Updated?.ToUniversalTime();
        hubs = HubLinks.Of(contents, publication, options);
        addresses = new FeedAddresses(publication.Base);
        self = addresses.Feed(contents.Subject.Path(format, contents.Archive));
        var title = contents.Subject.Title(publication);
        var description = publication.Description.Length > 0 ? publication.Description : title;
        Title = new TextSyndicationContent(FeedXml.Clean(title));
        Description = new TextSyndicationContent(FeedXml.Clean(description));
        Language = publication.Language;
        Generator = "Feeds";
        Links.Add(new SyndicationLink(contents.Subject.Page(addresses), "alternate", title: null, "text/html", 0));
        if (format == FeedFormat.Rss)
        {
            TimeToLive = VisitInterval;
        }
        else
        {
            // An archive is a part of the same feed.
            Id = addresses.Feed(contents.Subject.Path(format)).AbsoluteUri;
            // Without entries there is no time that every process would know; the formatter's own choice would be now.
            LastUpdatedTime = updated ?? DateTimeOffset.UnixEpoch;
            Links.Add(new SyndicationLink(self, "self", title: null, "application/atom+xml", 0));
            foreach (var (relation, address) in HistoryLinks.Of(contents, format, addresses))
            {
                Links.Add(new SyndicationLink(address, relation, title: null, "application/atom+xml", 0));
            }

            foreach (var hub in hubs)
            {
                Links.Add(new SyndicationLink(hub, "hub", title: null, mediaType: null, 0));
            }

            Authors.Add(new SyndicationPerson { Name = FeedXml.Clean(publication.Author.Length > 0 ? publication.Author : publication.Title) });
        }
    }

    protected override void WriteElementExtensions(XmlWriter writer, string version)
    {
        HistoryLinks.WriteMark(writer, contents);
        if (format == FeedFormat.Atom)
        {
            return;
        }

        if (updated is { } instant)
        {
            writer.WriteElementString("lastBuildDate", RssDate.Write(instant));
        }

        foreach (var hub in hubs)
        {
            WriteLink(writer, "hub", hub, type: null);
        }

        WriteLink(writer, "self", self);
        foreach (var (relation, address) in HistoryLinks.Of(contents, format, addresses))
        {
            WriteLink(writer, relation, address);
        }
    }

    private static void WriteLink(XmlWriter writer, string relation, Uri address, string? type = "application/rss+xml")
    {
        writer.WriteStartElement("atom", "link", FeedXml.Atom);
        writer.WriteAttributeString("rel", relation);
        if (type is not null)
        {
            writer.WriteAttributeString("type", type);
        }

        writer.WriteAttributeString("href", address.AbsoluteUri);
        writer.WriteEndElement();
    }
}
