using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Feeds.Host.Tests;

/// <summary>The program as people run it: a process of its own, in a folder of its own.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = [];

    private ProgramProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything it printed so far.</summary>
    public string Printed => string.Join('\n', lines);

    public bool HasEnded => process.HasExited;

    /// <summary>Names of the files that are mapped into its memory, its assemblies among them (Linux).</summary>
    public IReadOnlySet<string> LoadedFiles() => File
        .ReadLines(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{process.Id}/maps"))
        .Select(line => Path.GetFileName(line)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, params string[] arguments) =>
        RunAsync(folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Runs a command to its end that reads this from a pipe; it has to read all of it.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunWithInputAsync(string folder, string input, params string[] arguments)
    {
        var start = StartInfo(folder, arguments);
        start.RedirectStandardInput = true;
        using var command = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = command.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = command.StandardError.ReadToEndAsync(patience.Token);
        await command.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
        command.StandardInput.Close();
        await command.WaitForExitAsync(patience.Token);
        return (command.ExitCode, await output, await errors);
    }

    /// <summary>Runs a command to its end, with these variables in its environment.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = StartInfo(folder, arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var command = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = command.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = command.StandardError.ReadToEndAsync(patience.Token);
        await command.WaitForExitAsync(patience.Token);
        return (command.ExitCode, await output, await errors);
    }

    /// <summary>Starts it and does not wait.</summary>
    public static ProgramProcess Start(string folder, params string[] arguments) => new(Process.Start(StartInfo(folder, arguments))!);

    /// <summary>A port on this machine that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until <c>/health/ready</c> says so.</summary>
    public async Task WaitUntilReadyAsync(Uri site)
    {
        using var client = new HttpClient { BaseAddress = site };
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, $"The program ended with {(process.HasExited ? process.ExitCode : 0)}:\n{Printed}");
                try
                {
                    return (await client.GetAsync("/health/ready")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"{site} is ready:\n{Printed}",
            Patience);
    }

    /// <summary>SIGKILL: it gets no chance to tidy up.</summary>
    public void Kill() => process.Kill();

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("/bin/kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return await WaitForEndAsync();
    }

    public async Task<int> WaitForEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The tests' own settings must not reach the program.
        start.Environment.Remove("ASPNETCORE_URLS");
        return start;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
