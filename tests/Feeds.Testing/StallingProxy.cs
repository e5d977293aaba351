using System.Net.Sockets;

namespace Feeds.Testing;

/// <summary>
/// Stands between a program and a server's socket in a folder, as a network does, and can fall silent as one does: then
/// connections stay open, and what is written to them waits.
/// </summary>
public sealed class StallingProxy : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource over = new();
    private readonly UnixDomainSocketEndPoint server;
    private volatile TaskCompletionSource flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="serverFolder">Where the server's socket is.</param>
    /// <param name="name">The socket's name.</param>
    public StallingProxy(string serverFolder, string name = ".s.PGSQL.5432")
    {
        server = new UnixDomainSocketEndPoint(Path.Combine(serverFolder, name));
        listener.Bind(new UnixDomainSocketEndPoint(folder[name]));
        listener.Listen(64);
        flowing.SetResult();
        _ = AcceptAsync();
    }

    /// <summary>Where its own socket is.</summary>
    public string Folder => folder.Path;

    /// <summary>From now on nothing gets through.</summary>
    public void Stall() => flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits gets through.</summary>
    public void Flow() => flowing.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Flow();
        await over.CancelAsync();
        listener.Dispose();
        over.Dispose();
        folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptAsync(over.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await other.ConnectAsync(server, over.Token);
                await Task.WhenAny(CopyAsync(client, other), CopyAsync(other, client));
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // One of the two ended.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, over.Token) is > 0 and var read)
            {
                await flowing.Task.WaitAsync(over.Token);
                await to.SendAsync(buffer.AsMemory(0, read), over.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // One of the two ended.
        }
    }
}
