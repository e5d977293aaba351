using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Feeds.Mail.Tests.Mailboxes;

/// <summary>A line to a server of this machine that can break at a command: before the server hears of it, or before its answer is heard.</summary>
internal sealed class BreakingLine : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource over = new();
    private readonly Task accepting;
    private readonly int server;

    public BreakingLine(int server)
    {
        this.server = server;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>The command's word, the how manieth of them, and whether the server still hears of it; null breaks nothing.</summary>
    public (string Command, int Number, bool Heard)? Break { get; set; }

    /// <summary>How often it broke.</summary>
    public int Broken { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Dispose();
        await accepting;
        over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(over.Token);
                using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await other.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server), over.Token);
                await ForwardAsync(client, other);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    /// <summary>One connection, turn by turn: until it breaks or one side ends it.</summary>
    private async Task ForwardAsync(Socket client, Socket other)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var isHeard = new TaskCompletionSource();
        var answers = CopyAsync(other, client, _ => Task.FromResult(!isHeard.Task.IsCompleted), ended.Token);
        var seen = 0;
        var commands = CopyAsync(
            client,
            other,
            async command =>
            {
                if (Break is not { } at || !command.Contains(at.Command, StringComparison.Ordinal) || ++seen < at.Number)
                {
                    return true;
                }

                (Broken, Break) = (Broken + 1, null);
                if (at.Heard)
                {
                    isHeard.SetResult();
                    await other.SendAsync(Encoding.Latin1.GetBytes(command), ended.Token);
                    await answers;
                }

                return false;
            },
            ended.Token);
        await Task.WhenAny(answers, commands);
        if (isHeard.Task.IsCompleted)
        {
            await commands;
        }

        await ended.CancelAsync();
        await Task.WhenAll(answers, commands);
        // RST instead of FIN, as when the other machine is gone.
        client.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<string, Task<bool>> mayPass, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var read && await mayPass(Encoding.Latin1.GetString(buffer, 0, read)))
            {
                await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // One of the two ended.
        }
    }
}
