using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>What this process holds (Linux), and takes.</summary>
internal static class Memory
{
    /// <param name="key">A line of <c>/proc/self/status</c> in kB.</param>
    public static async Task<double> MegabytesAsync(string key)
    {
        var lines = await File.ReadAllLinesAsync("/proc/self/status");
        return double.Parse(lines.Single(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Seconds that processors worked for this process since its start; other work on the machine adds little to them.</summary>
    public static double ProcessorSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>From here on, VmHWM is the most since now.</summary>
    public static Task ForgetPeakAsync() => File.WriteAllTextAsync("/proc/self/clear_refs", "5");
}
