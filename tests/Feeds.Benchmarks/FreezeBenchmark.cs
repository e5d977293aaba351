using System.Globalization;
using Feeds.Newsletter;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>How long an edition's freezing takes for a large audience, and how much memory beyond what the process held while it idled.</summary>
internal static class FreezeBenchmark
{
    /// <summary>Runs one freezing in a process of its own, so that its memory is nothing else's.</summary>
    public const string OnceVerb = "freeze-once";

    private static readonly int[] Sizes = [100_000, 1_000_000];
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var sizes = options.Quick ? Sizes[..1] : Sizes;
        Console.WriteLine("freeze: `Editions.MakeAsync` of the sample publication, four contents, in a process of its own that has rendered a preview before and idles; goal at 1,000,000: less than 60 s, less than 200 MB more");
        await using var postgres = await PostgresServer.StartAsync(work);
        foreach (var subscribers in sizes)
        {
            var file = work[string.Create(CultureInfo.InvariantCulture, $"{subscribers}.db")];
            await MeasureAsync(work, "SQLite", $"Data Source={file}", subscribers);
            await MeasureAsync(work, "PostgreSQL", await postgres.NewDatabaseAsync(), subscribers);
        }
    }

    /// <summary>Freezes, and prints seconds, megabytes held before and at most, and how many deliveries came of it.</summary>
    public static async Task RunOnceAsync(string connectionString)
    {
        await using var services = Readership.Open(connectionString);
        var editions = services.GetRequiredService<Editions>();
        await editions.PreviewAsync(Readership.Cadence, Slot, Stream.Null, default);
        GC.Collect();
        var idle = await Memory.MegabytesAsync("VmRSS:");
        await Memory.ForgetPeakAsync();
        var start = TimeProvider.System.GetTimestamp();
        var made = await editions.MakeAsync(Readership.Cadence, Slot, default);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var peak = await Memory.MegabytesAsync("VmHWM:");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {idle} {peak} {made!.Edition.Counts.Pending}"));
    }

    private static async Task MeasureAsync(WorkFolder work, string name, string connectionString, int subscribers)
    {
        await Readership.MakeAsync(connectionString, subscribers);
        var printed = (await Tool.OutputAsync(work.Path, Environment.ProcessPath!, OnceVerb, connectionString)).Trim().Split('\n')[^1].Split(' ');
        var figures = Array.ConvertAll(printed, figure => double.Parse(figure, CultureInfo.InvariantCulture));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {subscribers,9:#,0} subscribers, {name,-10} {figures[0],6:0.0} s, {figures[2] - figures[1],5:0} MB more than the {figures[1]:0} MB of the idle process; {figures[3]:#,0} deliveries frozen"));
    }
}
