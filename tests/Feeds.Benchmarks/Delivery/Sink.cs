using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Feeds.Benchmarks.Delivery;

/// <summary>A server at the other end, which takes connections by now.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly Process process;

    private Sink(Process process, int port)
    {
        this.process = process;
        Port = port;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Postfix's.</summary>
    public static Task<Sink> StartPostfixAsync(WorkFolder work)
    {
        var port = Server.FreePort();
        string[] user = Tool.IsRoot ? ["-u", "nobody"] : [];
        return StartAsync(work, port, ["/usr/sbin/smtp-sink", .. user, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "1000"]);
    }

    /// <summary>Ours.</summary>
    public static Task<Sink> StartOursAsync(WorkFolder work, bool pipelining = true, bool chunking = false, TimeSpan delay = default)
    {
        var port = Server.FreePort();
        return StartAsync(work, port, SmtpSink.Command(port, pipelining, chunking, delay));
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<Sink> StartAsync(WorkFolder work, int port, IReadOnlyList<string> command)
    {
        var sink = new Sink(Tool.Start(work.Path, command), port);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return sink;
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
