using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Where personal links lead; the pages are the Host's. Their beginning is the configured base address alone.</summary>
internal sealed class PersonalAddresses(IOptions<PublicationOptions> publication)
{
    public string Confirm(byte[] key, long subscriberId, string cadence, int request) =>
        Address("confirm", LinkTokens.Write(key, LinkPurpose.Confirm, new LinkReference(subscriberId, cadence, request)));

    public string Unsubscribe(byte[] key, long subscriberId, string cadence) =>
        Address("unsubscribe", LinkTokens.Write(key, LinkPurpose.Unsubscribe, new LinkReference(subscriberId, cadence, 0)));

    /// <summary>Looks like <see cref="Unsubscribe"/> and opens nothing.</summary>
    public string Preview(byte[] key, string cadence) =>
        Address("unsubscribe", LinkTokens.Write(key, LinkPurpose.Preview, new LinkReference(0, cadence, 0)));

    private string Address(string page, string token) => $"{publication.Value.Base.AbsoluteUri}{page}/{token}";
}
