using System.Globalization;
using System.Text.RegularExpressions;

namespace Feeds.Benchmarks;

/// <summary>Drives a web server over loopback with as many requests as it answers.</summary>
internal static partial class Wrk
{
    private const int Connections = 32;
    private const int Seconds = 3;

    public static string Load => string.Create(CultureInfo.InvariantCulture, $"wrk, {Connections} connections, {Seconds} s a run");

    /// <summary>Requests answered in a second.</summary>
    public static async Task<double> RequestsPerSecondAsync(WorkFolder work, Uri address, IReadOnlyList<string> headers)
    {
        var threads = Math.Max(1, Environment.ProcessorCount / 2);
        var output = await Tool.OutputAsync(
            work.Path,
            ["wrk", string.Create(CultureInfo.InvariantCulture, $"-t{threads}"), $"-c{Connections}", $"-d{Seconds}s", .. headers.SelectMany(header => (string[])["-H", header]), address.AbsoluteUri]);
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new BenchmarkException($"{address} did not answer every request:\n{output}");
        }

        return double.Parse(Rate().Match(output).Groups["rate"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();
}
