using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Feeds.Testing.Smtp;

/// <summary>An SMTP server on this machine that follows a script and keeps a ledger of its own.</summary>
public sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, Task> sessions = new();
    private readonly Task accepting;
    private readonly TimeProvider clock;
    private int connections;
    private int open;
    private int mostOpen;

    private ScriptedSmtpServer(SmtpScript script, string? ledgerFile, TimeProvider clock, int port)
    {
        Script = script;
        this.clock = clock;
        Ledger = new SmtpLedger(ledgerFile);
        // Small, so that a client can't have a message's end in flight while we still read its beginning.
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(128);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Listens on <see cref="Port"/> at once.</summary>
    /// <param name="script">What to do; it may be changed later.</param>
    /// <param name="ledgerFile">Where the ledger is appended to; null is a file of its own.</param>
    /// <param name="clock">Measures <see cref="SmtpScript.Delay"/>.</param>
    /// <param name="port">0 takes any that is free.</param>
    public static ScriptedSmtpServer Start(SmtpScript? script = null, string? ledgerFile = null, TimeProvider? clock = null, int port = 0) =>
        new(script ?? new SmtpScript(), ledgerFile, clock ?? TimeProvider.System, port);

    /// <summary>On 127.0.0.1 and the name localhost.</summary>
    public int Port { get; }

    /// <summary>What it does.</summary>
    public SmtpScript Script { get; }

    /// <summary>What it accepted.</summary>
    public SmtpLedger Ledger { get; }

    /// <summary>All messages that came in whole, whatever it answered.</summary>
    public ConcurrentQueue<AcceptedMessage> Read { get; } = new();

    /// <summary>Its certificate, self-made.</summary>
    public X509Certificate2 Certificate { get; } = SmtpCertificate.Make();

    /// <summary>How many connections there have been.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>How many connections are open now.</summary>
    public int Open => Volatile.Read(ref open);

    /// <summary>How many connections were open at once at most.</summary>
    public int MostOpen => Volatile.Read(ref mostOpen);

    /// <summary>User names that AUTH was tried with, whether or not it succeeded.</summary>
    public ConcurrentQueue<string> Logins { get; } = new();

    /// <summary>All command lines, of all connections; none that holds a password.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(sessions.Values);
        Ledger.Dispose();
        Certificate.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                var number = Interlocked.Increment(ref connections);
                sessions[number] = Task.Run(() => ServeAsync(socket, number));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        socket.NoDelay = true;
        var now = Interlocked.Increment(ref open);
        InterlockedMaximum(ref mostOpen, now);
        try
        {
            await using var session = new SmtpSession(this, socket, number, clock);
            await Script.BeforeGreeting();
            await session.RunAsync(stop.Token);
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref open);
            sessions.TryRemove(number, out _);
        }
    }

    private static void InterlockedMaximum(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
