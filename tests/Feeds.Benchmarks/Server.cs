using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Feeds.Benchmarks;

/// <summary>A web server as a process of its own.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private Server(Process process)
    {
        this.process = process;
        // What nobody reads would fill the pipe and stop the server.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>A port on this machine that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it and waits until that address answers.</summary>
    public static async Task<Server> StartAsync(string folder, Uri address, params IReadOnlyList<string> command)
    {
        var server = new Server(Tool.Start(folder, command));
        var start = TimeProvider.System.GetTimestamp();
        using var client = new HttpClient();
        while (!await AnswersAsync(client, address))
        {
            if (server.process.HasExited || TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                await server.DisposeAsync();
                throw new BenchmarkException($"`{string.Join(' ', command)}` does not answer at {address}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address)
    {
        try
        {
            using var answer = await client.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
