using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Feeds.Articles;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>Asks a callback whether it wants what somebody asked for in its name (WebSub §5.3).</summary>
internal sealed class IntentCheck(SubscriptionClaims claims, SubscriberHttp http, IOptions<PublicationOptions> publication, ILogger<IntentCheck> logger)
{
    private const int ChallengeBytes = 24;

    private readonly FeedAddresses addresses = new(publication.Value.Base);

    /// <summary>Asks, and writes down the answer.</summary>
    public async Task RunAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ChallengeBytes));
        using var question = new HttpRequestMessage(HttpMethod.Get, Question(claim, challenge));
        // One byte more than the challenge: an answer that goes on is another answer.
        var reply = await http.SendAsync(question, challenge.Length + 1, cancellationToken);
        var isConfirmed = reply.IsSuccess && reply.Body.Span.SequenceEqual(Encoding.ASCII.GetBytes(challenge));
        if (!isConfirmed)
        {
            await RefusedAsync(claim, reply, cancellationToken);
        }
        else if (claim.AskedMode == HubMode.Subscribe)
        {
            await claims.SubscribedAsync(claim, cancellationToken);
            Log.Subscribed(logger, claim.Host, claim.Topic, TimeSpan.FromSeconds(claim.AskedLease));
        }
        else
        {
            await claims.EndAsync(claim, cancellationToken);
            Log.Unsubscribed(logger, claim.Host, claim.Topic);
        }
    }

    private async Task RefusedAsync(SubscriptionRow claim, Reply reply, CancellationToken cancellationToken)
    {
        if (reply.IsUndecided && claim.AskFailures + 1 < BackOff.IntentTries)
        {
            await claims.AskLaterAsync(claim, cancellationToken);
        }
        else
        {
            await claims.NotWantedAsync(claim, cancellationToken);
            Log.NotConfirmed(logger, claim.Host, claim.Topic, reply.IsSuccess ? "it did not repeat the challenge" : reply.Reason);
        }
    }

    private Uri Question(SubscriptionRow claim, string challenge)
    {
        var topic = Uri.EscapeDataString(addresses.Feed(claim.Topic).AbsoluteUri);
        var query = claim.AskedMode == HubMode.Subscribe
            ? string.Create(CultureInfo.InvariantCulture, $"hub.mode=subscribe&hub.topic={topic}&hub.challenge={challenge}&hub.lease_seconds={claim.AskedLease}")
            : $"hub.mode=unsubscribe&hub.topic={topic}&hub.challenge={challenge}";
        return new CallbackAddress(claim.Callback, claim.Host).With(query);
    }
}
