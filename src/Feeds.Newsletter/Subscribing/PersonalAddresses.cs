using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Where personal links lead; the pages are the Host's. Their beginning is the configured base address alone.</summary>
internal sealed class PersonalAddresses(IOptions<PublicationOptions> publication)
{
    public string Confirm(byte[] key, long subscriberId, string newsletter, int request) =>
        Address("confirm", LinkTokens.Write(key, LinkPurpose.Confirm, new LinkReference(subscriberId, newsletter, request)));

    public string Unsubscribe(byte[] key, long subscriberId, string newsletter) =>
        Address("unsubscribe", LinkTokens.Write(key, LinkPurpose.Unsubscribe, new LinkReference(subscriberId, newsletter, 0)));

    /// <summary>Where a person sees and changes what they get of all newsletters.</summary>
    /// <param name="key">Of <see cref="LinkTokens"/>.</param>
    /// <param name="subscriberId">The person.</param>
    /// <param name="generation">How often their address has changed: who still reads the old mailbox decides nothing any more.</param>
    public string Preferences(byte[] key, long subscriberId, int generation) =>
        Address("preferences", LinkTokens.Write(key, LinkPurpose.Preferences, new LinkReference(subscriberId, "", generation)));

    /// <summary>Where a new address is confirmed.</summary>
    public string Address(byte[] key, long subscriberId, string email) =>
        Address("address", LinkTokens.Write(key, LinkPurpose.Address, new LinkReference(subscriberId, Sign(key, email), 0)));

    /// <summary>What stands for an address in a token.</summary>
    public static string Sign(byte[] key, string email) => LinkTokens.Digest(key, $"address {email}");

    /// <summary>Where a person says that they still want what they get.</summary>
    public string Keep(byte[] key, long subscriberId) =>
        Address("keep", LinkTokens.Write(key, LinkPurpose.Keep, new LinkReference(subscriberId, "", 0)));

    /// <summary>Looks like <see cref="Unsubscribe"/> and opens nothing.</summary>
    public string Preview(byte[] key, string newsletter) =>
        Address("unsubscribe", LinkTokens.Write(key, LinkPurpose.Preview, new LinkReference(0, newsletter, 0)));

    private string Address(string page, string token) => $"{publication.Value.Base.AbsoluteUri}{page}/{token}";
}
