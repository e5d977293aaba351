using System.Globalization;
using System.ServiceModel.Syndication;
using System.Xml;
using Feeds.Articles;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication;

/// <summary>Everything of a feed but its entries.</summary>
internal sealed class FeedHead : SyndicationFeed
{
    private readonly FeedFormat format;
    private readonly PublicationOptions publication;
    private readonly FeedOptions options;
    private readonly FeedContents contents;
    private readonly IReadOnlyList<Uri> hubs;
    private readonly FeedAddresses addresses;
    private readonly Uri self;
    private readonly DateTimeOffset? updated;

    /// <param name="format">Which format's head.</param>
    /// <param name="publication">Whose feed.</param>
    /// <param name="options">What else all feeds carry.</param>
    /// <param name="contents">What it says.</param>
    public FeedHead(FeedFormat format, PublicationOptions publication, FeedOptions options, FeedContents contents)
    {
        this.format = format;
        this.publication = publication;
        this.options = options;
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
        Copyright = publication.Rights.Length > 0 ? new TextSyndicationContent(FeedXml.Clean(publication.Rights)) : null;
        Links.Add(new SyndicationLink(contents.Subject.Page(addresses), "alternate", title: null, "text/html", 0));
        if (format == FeedFormat.Rss)
        {
            TimeToLive = contents.Rhythm.Interval;
            ImageUrl = IsPicture(publication.LogoAddress) ? publication.LogoAddress : null;
        }
        else
        {
            // An archive is a part of the same feed, and so is what readers got before a renaming.
            Id = addresses.Feed(contents.Subject.FirstPath(format)).AbsoluteUri;
            // Without entries there is no time that every process would know; the formatter's own choice would be now.
            LastUpdatedTime = updated ?? DateTimeOffset.UnixEpoch;
            ImageUrl = publication.LogoAddress;
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
            if (publication.IconAddress is { } icon)
            {
                writer.WriteElementString("icon", FeedXml.Atom, icon.AbsoluteUri);
            }

            return;
        }

        if (updated is { } instant)
        {
            writer.WriteElementString("lastBuildDate", RssDate.Write(instant));
        }

        // First: some readers take the first link there is for this one.
        WriteLink(writer, "self", self);
        foreach (var (relation, address) in HistoryLinks.Of(contents, format, addresses))
        {
            WriteLink(writer, relation, address);
        }

        foreach (var hub in hubs)
        {
            WriteLink(writer, "hub", hub, type: null);
        }

        writer.WriteElementString("sy", "updatePeriod", FeedXml.Syndication, contents.Rhythm.Period);
        writer.WriteElementString("sy", "updateFrequency", FeedXml.Syndication, contents.Rhythm.Frequency.ToString(CultureInfo.InvariantCulture));
        if (contents.HasEpisodes)
        {
            Podcast.WriteChannel(writer, publication, options.Podcast, Description.Text);
        }
    }

    // RSS 2.0 knows no other pictures of a channel.
    private static bool IsPicture(Uri? address) =>
        address is not null && System.IO.Path.GetExtension(address.AbsolutePath).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" or ".gif";

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
