using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Feeds.Testing;

/// <summary>The program as people run it: a process of its own, in a folder of its own. Only for projects that refer to Feeds.Host.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    // Several that start at once, each with a compiler for its templates, take their time on two processors.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

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

    /// <summary>
    /// The folder of the published program that tests are to run, by <c>FEEDS_TESTED_PROGRAM</c>: compiled beforehand, it
    /// starts in less than half the time. Null where they run what was built with them.
    /// </summary>
    public static string? PublishedFolder { get; } = Environment.GetEnvironmentVariable("FEEDS_TESTED_PROGRAM") is { Length: > 0 } folder ? folder : null;

    /// <summary>Everything it printed so far.</summary>
    public string Printed => string.Join('\n', lines);

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Names of the files that are mapped into its memory, its assemblies among them (Linux).</summary>
    public IReadOnlySet<string> LoadedFiles() => File
        .ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/maps"))
        .Select(line => Path.GetFileName(line)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, params string[] arguments) =>
        RunAsync(folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Runs a command to its end that reads this from a pipe; it has to read all of it.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunWithInputAsync(string folder, string input, params string[] arguments)
    {
        var start = StartInfo(folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);
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
        using var command = Process.Start(StartInfo(folder, environment, arguments))!;
        using var patience = new CancellationTokenSource(Patience);
        var output = command.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = command.StandardError.ReadToEndAsync(patience.Token);
        await command.WaitForExitAsync(patience.Token);
        return (command.ExitCode, await output, await errors);
    }

    /// <summary>Starts it and does not wait.</summary>
    public static ProgramProcess Start(string folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <inheritdoc cref="Start(string, string[])"/>
    public static ProgramProcess Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(Process.Start(StartInfo(folder, environment, arguments))!);

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
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await WaitForEndAsync();
    }

    /// <summary>Sends a signal: <c>TERM</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end, three minutes unless given.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForEndAsync(TimeSpan? within = null)
    {
        using var patience = new CancellationTokenSource(within ?? Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It did not end:\n{Printed}");
        }

        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string folder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(PublishedFolder ?? AppContext.BaseDirectory, "feeds.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The tests' own settings must not reach the program.
        start.Environment.Remove("ASPNETCORE_URLS");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

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
