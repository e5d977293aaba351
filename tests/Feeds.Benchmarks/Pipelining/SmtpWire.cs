using System.Net.Security;
using System.Net.Sockets;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>The octets of an SMTP connection: sends what is ready in one go, and reads replies.</summary>
internal sealed class SmtpWire : IAsyncDisposable
{
    /// <summary>RFC 5321 §4.5.3.2.6: the server may need so long for its answer to the final dot.</summary>
    private static readonly TimeSpan ReplyPatience = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock;
    private readonly ReplyParser parser = new();
    private readonly byte[] arrived = new byte[4096];
    private Stream stream;
    private int from;
    private int to;

    private SmtpWire(Stream stream, TimeProvider clock)
    {
        this.stream = stream;
        this.clock = clock;
    }

    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<SmtpWire> ConnectAsync(string host, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Without NoDelay every message waits for the other side's delayed acknowledgement.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new SmtpWire(new NetworkStream(socket, ownsSocket: true), clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Goes on within TLS.</summary>
    /// <exception cref="SmtpProtocolException">The server had already said more: somebody put it there before TLS.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The certificate is not trusted.</exception>
    public async Task SecureAsync(string host, RemoteCertificateValidationCallback? trust, CancellationToken cancellationToken)
    {
        if (from < to || parser.IsWithinReply)
        {
            throw new SmtpProtocolException("The server said something between its answer to STARTTLS and TLS.");
        }

        var secure = new SslStream(stream, leaveInnerStreamOpen: false, trust);
        stream = secure;
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        using var patience = new CancellationTokenSource(ReplyPatience, clock);
        await stream.WriteAsync(octets, patience.Token);
    }

    /// <exception cref="SmtpProtocolException">What arrives is no reply.</exception>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="OperationCanceledException">Nothing arrived for ten minutes.</exception>
    public async ValueTask<SmtpReply> ReadAsync()
    {
        while (true)
        {
            var reply = parser.Read(arrived.AsSpan(from, to - from), out var consumed);
            from += consumed;
            if (reply is not null)
            {
                return reply;
            }

            using var patience = new CancellationTokenSource(ReplyPatience, clock);
            (from, to) = (0, await stream.ReadAsync(arrived, patience.Token));
            if (to == 0)
            {
                throw new EndOfStreamException();
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
