using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Feeds.Benchmarks;

/// <summary>How long a process ran from start to end, and the most memory that it or one of its children held.</summary>
internal sealed record Run(TimeSpan Wall, double PeakMegabytes);

/// <summary>Programs of this machine.</summary>
internal static class Tool
{
    /// <summary>The program of this repository, once it is published.</summary>
    public static IReadOnlyList<string> Feeds { get; private set; } = [];

    /// <summary>Whether programs run as root, which some refuse unless told whom to become.</summary>
    public static bool IsRoot { get; } = string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    /// <summary>Publishes the program as the README tells operators to, unless that was done.</summary>
    public static async Task PublishFeedsAsync()
    {
        if (Feeds.Count > 0)
        {
            return;
        }

        var project = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "src", "Feeds.Host"));
        var target = Directory.CreateTempSubdirectory("feeds-benchmark-program-").FullName;
        EndOfRun.Add(() => Directory.Delete(target, recursive: true));
        await OutputAsync(target, "dotnet", "publish", project, "--output", target);
        Feeds = [Path.Combine(target, "feeds")];
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // Whoever started it has ended and disposed of it.
        }
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <exception cref="BenchmarkException">One of them is lacking.</exception>
    public static void Need(params IReadOnlyList<string> packages)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin");
        if (packages.FirstOrDefault(package => !folders.Any(folder => File.Exists(Path.Combine(folder, package)))) is { } lacking)
        {
            throw new BenchmarkException($"{lacking} is lacking (Debian: apt-get install {string.Join(' ', packages)}).");
        }
    }

    /// <summary>Runs it to its end and gives what it printed.</summary>
    /// <exception cref="BenchmarkException">It ended with another exit code than 0.</exception>
    public static async Task<string> OutputAsync(string folder, params IReadOnlyList<string> command)
    {
        using var process = Start(folder, command);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output + await errors
            : throw new BenchmarkException($"`{string.Join(' ', command)}` ended with {process.ExitCode}:\n{output}{await errors}");
    }

    /// <summary>Runs it to its end and measures the whole process.</summary>
    public static async Task<Run> MeasureAsync(WorkFolder work, params IReadOnlyList<string> command)
    {
        var report = work["measured"];
        var start = TimeProvider.System.GetTimestamp();
        await OutputAsync(work.Path, ["/usr/bin/time", "-f", "%M", "-o", report, .. command]);
        var wall = TimeProvider.System.GetElapsedTime(start);
        return new Run(wall, double.Parse(await File.ReadAllTextAsync(report), CultureInfo.InvariantCulture) / 1024);
    }

    /// <summary>Starts it; the caller reads or ignores what it prints, and ends it.</summary>
    public static Process Start(string folder, IReadOnlyList<string> command)
    {
        var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        EndOfRun.Add(() => End(process));
        return process;
    }
}
