using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Feeds.Syndication.Hub;

/// <summary>Sends a topic to a subscriber (WebSub §7): the same bytes that a GET without compression has.</summary>
internal sealed class Push(FeedLibrary library, SubscriptionClaims claims, SubscriberHttp http, ILogger<Push> logger)
{
    /// <summary>Sends it unless the subscriber has it already, and writes down what came of it.</summary>
    public async Task RunAsync(SubscriptionRow claim, CancellationToken cancellationToken)
    {
        var document = await library.FindAsync(claim.Topic, cancellationToken);
        if (document is null || string.Equals(document.ETag, claim.ETag, StringComparison.Ordinal))
        {
            // The feed has ended, or what changed is not in it.
            await claims.PushedAsync(claim, claim.ETag, cancellationToken);
            return;
        }

        using var request = Request(claim, document);
        var reply = await http.SendAsync(request, bodyBytes: 0, cancellationToken);
        if (reply.IsSuccess)
        {
            await claims.PushedAsync(claim, document.ETag, cancellationToken);
            Log.Pushed(logger, claim.Host, claim.Topic);
        }
        else if (reply.Status == (int)HttpStatusCode.Gone)
        {
            await claims.EndAsync(claim, cancellationToken);
            Log.Gone(logger, claim.Host, claim.Topic);
        }
        else
        {
            await claims.FailedAsync(claim, cancellationToken);
            Report(claim, reply);
        }
    }

    private static HttpRequestMessage Request(SubscriptionRow claim, FeedDocument document)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, claim.Callback) { Content = new ReadOnlyMemoryContent(document.Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(document.ContentType);
        request.Headers.Add("Link", document.Link);
        if (claim.Secret is { } secret)
        {
            request.Headers.Add("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, document.Body.Span))}");
        }

        return request;
    }

    // The first failure and the last; the ones between say nothing new.
    private void Report(SubscriptionRow claim, Reply reply)
    {
        if (claim.Failures == 0)
        {
            Log.PushFailed(logger, claim.Host, claim.Topic, reply.Reason);
        }
        else if (claim.Failures + 1 == BackOff.PushTries)
        {
            Log.PushGivenUp(logger, claim.Host, claim.Topic, reply.Reason);
        }
    }
}
