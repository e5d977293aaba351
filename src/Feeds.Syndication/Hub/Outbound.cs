using System.Net;
using System.Net.Sockets;

namespace Feeds.Syndication.Hub;

/// <summary>The addresses of a host; the system's resolver unless a test has another.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>The name leads to no address that strangers may have us call.</summary>
internal sealed class PrivateAddressException(string host) : IOException($"{host} has no address on the public Internet");

/// <summary>
/// HTTP to addresses that others name. No proxy and no redirect is followed; an address is resolved, checked and connected
/// to in one go, so a name that leads elsewhere a moment later gains nothing; answers are not read beyond what is asked for.
/// </summary>
internal abstract class Outbound : IDisposable
{
    /// <summary>For one exchange as a whole, however slowly it trickles.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient client;
    private readonly ResolveHost resolve;
    private readonly TimeProvider clock;
    private readonly bool isPrivateAllowed;

    protected Outbound(ResolveHost resolve, bool isPrivateAllowed, TimeProvider clock)
    {
        this.resolve = resolve;
        this.isPrivateAllowed = isPrivateAllowed;
        this.clock = clock;
        client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Feeds");
    }

    /// <summary>Sends the request and looks at the head of the answer, and at its body as far as <paramref name="bodyBytes"/>.</summary>
    public async Task<Reply> SendAsync(HttpRequestMessage request, int bodyBytes, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new Reply((int)response.StatusCode, Trouble: null, await ReadAsync(response, bodyBytes, either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Reply.Without($"no answer within {Patience.TotalSeconds:0} seconds");
        }
        catch (HttpRequestException refused) when (refused.InnerException is PrivateAddressException)
        {
            return Reply.Without("its name leads to an address that the public Internet does not reach") with { IsForbidden = true };
        }
        catch (HttpRequestException refused)
        {
            return Reply.Without($"no connection, or a broken one ({refused.HttpRequestError})");
        }
        catch (IOException)
        {
            return Reply.Without("the connection broke while the answer was read");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int atMost, CancellationToken cancellationToken)
    {
        if (atMost == 0)
        {
            return default;
        }

        var buffer = new byte[atMost];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return buffer.AsMemory(0, await body.ReadAtLeastAsync(buffer, atMost, throwOnEndOfStream: false, cancellationToken));
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var endpoint = context.DnsEndPoint;
        var found = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolve(endpoint.Host, cancellationToken);
        var allowed = isPrivateAllowed ? found : Array.FindAll(found, PublicAddress.Is);
        if (allowed.Length == 0)
        {
            throw new PrivateAddressException(endpoint.Host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What came of an exchange.</summary>
/// <param name="Status">HTTP status, or null where there was no answer.</param>
/// <param name="Trouble">Why there was none, for the log: without an address.</param>
/// <param name="Body">The beginning of the answer's body, as far as it was asked for.</param>
internal sealed record Reply(int? Status, string? Trouble, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether we refused to connect: asking again would be refused again.</summary>
    public bool IsForbidden { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether it can't be reached or is in trouble, so that it may answer later; who answers has decided.</summary>
    public bool IsUndecided => Status is null or >= 500 && !IsForbidden;

    /// <summary>For the log.</summary>
    public string Reason => Trouble ?? (Status is >= 300 and < 400 ? $"it answered {Status}, and redirects are not followed" : $"it answered {Status}");

    public static Reply Without(string trouble) => new(Status: null, trouble, default);
}
