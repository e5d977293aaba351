using System.Diagnostics;
using System.Globalization;
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

    /// <summary>How long it took from the start of the process to its first answer.</summary>
    public TimeSpan ToFirstAnswer { get; private set; }

    /// <summary>Megabytes of memory that it holds now, and the most that it held (Linux).</summary>
    public async Task<(double Now, double Peak)> MegabytesAsync()
    {
        var status = await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/status"));
        return (Of("VmRSS:"), Of("VmHWM:"));

        double Of(string key) => double.Parse(status.Single(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>A port on this machine that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>An address of this machine that was free a moment ago.</summary>
    public static Uri FreeAddress() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));

    /// <summary>Starts it and waits until that address answers.</summary>
    public static async Task<Server> StartAsync(string folder, Uri address, params IReadOnlyList<string> command)
    {
        var start = TimeProvider.System.GetTimestamp();
        var server = new Server(Tool.Start(folder, command));
        using var client = new HttpClient();
        while (!await AnswersAsync(client, address))
        {
            if (server.process.HasExited || TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                await server.DisposeAsync();
                throw new BenchmarkException($"`{string.Join(' ', command)}` does not answer at {address}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        server.ToFirstAnswer = TimeProvider.System.GetElapsedTime(start);
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
