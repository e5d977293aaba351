using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Web;

namespace Feeds.Testing;

/// <summary>What a <see cref="CallbackServer"/> was asked.</summary>
public sealed record CallbackCall(string Method, string Target, NameValueCollection Headers, byte[] Body)
{
    /// <summary>The query's fields.</summary>
    public NameValueCollection Query => HttpUtility.ParseQueryString(Target.Contains('?', StringComparison.Ordinal) ? Target[Target.IndexOf('?', StringComparison.Ordinal)..] : "");

    /// <summary>The body's fields, where it is a form.</summary>
    public NameValueCollection Form => HttpUtility.ParseQueryString(Encoding.UTF8.GetString(Body));
}

/// <summary>
/// A server that others call back: a subscriber of the hub, a hub, a cache's hook. Unless its script says otherwise it
/// repeats every challenge and takes every POST.
/// </summary>
public sealed class CallbackServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<CallbackCall> calls = new();
    private readonly int port;

    private CallbackServer(int port)
    {
        this.port = port;
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://*:{port}/"));
        listener.Start();
        _ = ListenAsync();
    }

    /// <summary>What it does with a call. Its answer is closed when the task ends.</summary>
    public Func<CallbackCall, HttpListenerResponse, Task> Script { get; set; } = AgreeAsync;

    /// <summary>Every call so far, in their order.</summary>
    public IReadOnlyList<CallbackCall> Calls => [.. calls];

    /// <summary>Those that brought something.</summary>
    public IReadOnlyList<CallbackCall> Posts => [.. calls.Where(call => string.Equals(call.Method, "POST", StringComparison.Ordinal))];

    /// <summary>Listens at a port that was free a moment ago.</summary>
    public static CallbackServer Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var free = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return new CallbackServer(free);
    }

    /// <summary>One of its addresses.</summary>
    public string Address(string path = "/callback", string host = "127.0.0.1") => string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}{path}");

    /// <summary>Repeats the challenge, or takes what is brought.</summary>
    public static Task AgreeAsync(CallbackCall call, HttpListenerResponse response)
    {
        if (call.Query["hub.challenge"] is not { } challenge)
        {
            response.StatusCode = 204;
            return Task.CompletedTask;
        }

        response.ContentLength64 = challenge.Length;
        return response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes(challenge)).AsTask();
    }

    /// <summary>A script that repeats challenges and answers to everything else with that status.</summary>
    public static Func<CallbackCall, HttpListenerResponse, Task> Answer(int status) => (call, response) =>
    {
        if (call.Query["hub.challenge"] is not null)
        {
            return AgreeAsync(call, response);
        }

        response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <inheritdoc/>
    public void Dispose() => listener.Close();

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var call = new CallbackCall(context.Request.HttpMethod, context.Request.RawUrl!, new NameValueCollection(context.Request.Headers), body.ToArray());
            calls.Enqueue(call);
            // This listener is slow to see a second request on a connection.
            context.Response.KeepAlive = false;
            await Script(call, context.Response);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Whoever called did not wait for the end.
        }
    }
}
