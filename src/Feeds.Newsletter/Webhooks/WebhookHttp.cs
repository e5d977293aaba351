using System.Net;
using System.Net.Http.Headers;

namespace Feeds.Newsletter.Webhooks;

/// <summary>
/// Posts to addresses of the configuration, which may be machines of the operator's own. No proxy and no redirect is
/// followed, and of an answer nothing counts but its head.
/// </summary>
internal sealed class WebhookHttp : IDisposable
{
    /// <summary>For one exchange as a whole, however slowly it trickles.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // So that a connection can be used again whose answer says a little more than it need.
    private const int MostUnread = 4 * 1024;

    private readonly HttpClient client;
    private readonly TimeProvider clock;

    public WebhookHttp(TimeProvider clock)
    {
        this.clock = clock;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = MostUnread,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Feeds");
    }

    /// <summary>Makes one attempt.</summary>
    public async Task<WebhookAnswer> PostAsync(Webhook webhook, WebhookMessage message, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        using var request = message.ToRequest(webhook, clock.GetUtcNow());
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new WebhookAnswer((int)response.StatusCode, Trouble: null, PauseOf(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WebhookAnswer.Without($"no answer within {Patience.TotalSeconds:0} seconds");
        }
        catch (HttpRequestException refused)
        {
            return WebhookAnswer.Without($"no connection, or a broken one ({refused.HttpRequestError})");
        }
        catch (IOException)
        {
            return WebhookAnswer.Without("the connection broke");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // Seconds, or an instant by its own clock (RFC 9110 §10.2.3).
    private TimeSpan? PauseOf(RetryConditionHeaderValue? said) => said?.Delta ?? said?.Date - clock.GetUtcNow();
}
