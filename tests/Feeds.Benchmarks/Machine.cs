using System.Globalization;
using System.Runtime.InteropServices;

namespace Feeds.Benchmarks;

/// <summary>On what the numbers were taken; without it they mean nothing.</summary>
internal static class Machine
{
    public static async Task DescribeAsync()
    {
        var processor = await ProcessorAsync();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {processor}, {memory:0.0} GiB"));
        Console.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
#if DEBUG
        Console.WriteLine("This is a debug build; its numbers are of no use. Write `dotnet run -c Release`.");
#endif
    }

    private static async Task<string> ProcessorAsync()
    {
        const string File = "/proc/cpuinfo";
        var lines = System.IO.File.Exists(File) ? await System.IO.File.ReadAllLinesAsync(File) : [];
        return lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
