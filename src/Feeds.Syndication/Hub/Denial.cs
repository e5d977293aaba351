using Feeds.Articles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>Tells a subscriber that its feed has ended (WebSub §5.2), and ends the subscription.</summary>
internal sealed class Denial(SubscriptionClaims claims, SubscriberHttp http, IOptions<PublicationOptions> publication, ILogger<Denial> logger)
{
    private const string Reason = "The feed has ended.";

    private readonly FeedAddresses addresses = new(publication.Value.Base);

    /// <summary>Says so. Who can't be told after a few tries learns it when the subscription is to be renewed.</summary>
    public async Task RunAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var topic = Uri.EscapeDataString(addresses.Feed(claim.Topic).AbsoluteUri);
        using var word = new HttpRequestMessage(
            HttpMethod.Get, new CallbackAddress(claim.Callback, claim.Host).With($"hub.mode=denied&hub.topic={topic}&hub.reason={Uri.EscapeDataString(Reason)}"));
        var reply = await http.SendAsync(word, bodyBytes: 0, cancellationToken);
        if (reply.IsUndecided && claim.Failures + 1 < BackOff.IntentTries)
        {
            await claims.FailedAsync(claim, cancellationToken);
            return;
        }

        await claims.EndAsync(claim, cancellationToken);
        Log.Denied(logger, claim.Host, claim.Topic);
    }
}
