using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>The hubs that feeds name to their readers (WebSub §4), our own first.</summary>
internal sealed class HubLinks
{
    private readonly FeedAddresses addresses;
    private readonly string hubs;

    public HubLinks(IOptions<FeedOptions> options, IOptions<PublicationOptions> publication)
        : this(options.Value, publication.Value)
    {
    }

    public HubLinks(FeedOptions options, PublicationOptions publication)
    {
        addresses = new FeedAddresses(publication.Base);
        Hubs = HubsOf(options, publication);
        hubs = string.Concat(Hubs.Select(hub => $"<{hub.AbsoluteUri}>; rel=\"hub\", "));
    }

    public IReadOnlyList<Uri> Hubs { get; }

    /// <summary>The value of the <c>Link</c> header (RFC 8288) that goes with a feed.</summary>
    public string Header(string path) => $"{hubs}<{addresses.Feed(path).AbsoluteUri}>; rel=\"self\"";

    public static IReadOnlyList<Uri> HubsOf(FeedOptions options, PublicationOptions publication)
    {
        var external = options.Hubs.Select(hub => new Uri(hub));
        return [.. options.Hub.Enabled ? external.Prepend(new Uri(publication.Base, "hub")) : external];
    }
}
