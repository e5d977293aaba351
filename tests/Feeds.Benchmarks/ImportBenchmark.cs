using System.Globalization;
using Feeds.Newsletter;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>How long a file of subscribers takes to be imported, and how much memory beyond what the process held while it idled.</summary>
internal static class ImportBenchmark
{
    /// <summary>Runs one import in a process of its own, so that its memory is nothing else's.</summary>
    public const string OnceVerb = "import-once";

    private static readonly string[] Broken = ["no address at all,,,,", "reader@example.org,\"open,,,", "reader@,,,,", "reader@example.org,,,", "reader@example.org,,yesterday,,"];

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var rows = options.Quick ? 100_000 : 1_000_000;
        Console.WriteLine("import: `SubscriberFiles.ImportAsync` into an empty store, in a process of its own; goals at 1,000,000 rows: less than 120 s on SQLite, less than 180 s on PostgreSQL, less than 300 MB more");
        await using var postgres = await PostgresServer.StartAsync(work);
        foreach (var (name, broken) in new[] { ("all sound", false), ("a third broken", true) })
        {
            var file = work[broken ? "broken.csv" : "sound.csv"];
            Write(file, rows, broken);
            await MeasureAsync(work, $"SQLite, {name}", $"Data Source={work[broken ? "broken.db" : "sound.db"]}", file);
            await MeasureAsync(work, $"PostgreSQL, {name}", await postgres.NewDatabaseAsync(), file);
        }
    }

    /// <summary>Imports, and prints seconds, megabytes held before and at most, how many were brought in and how many refused, and the seconds of a second time.</summary>
    public static async Task RunOnceAsync(string connectionString, string file)
    {
        await using var services = Readership.Open(connectionString);
        var files = services.GetRequiredService<SubscriberFiles>();
        var request = new SubscriberImportRequest(file) { Source = "benchmark", Cadence = Readership.Cadence };
        await files.ImportAsync(request with { Path = $"{file}.first" }, null, default);
        GC.Collect();
        var idle = await Memory.MegabytesAsync("VmRSS:");
        await Memory.ForgetPeakAsync();
        var (report, seconds) = await TimeAsync();
        var peak = await Memory.MegabytesAsync("VmHWM:");
        var (_, again) = await TimeAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {idle} {peak} {report.Counts.Confirmed} {report.RefusedCount} {again}"));

        async Task<(SubscriberImportReport Report, double Seconds)> TimeAsync()
        {
            var start = TimeProvider.System.GetTimestamp();
            return (await files.ImportAsync(request, null, default), TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static async Task MeasureAsync(WorkFolder work, string name, string connectionString, string file)
    {
        await Readership.MakeAsync(connectionString, 0);
        await File.WriteAllLinesAsync($"{file}.first", File.ReadLines(file).Take(3));
        var printed = (await Tool.OutputAsync(work.Path, Environment.ProcessPath!, OnceVerb, connectionString, file)).Trim().Split('\n')[^1].Split(' ');
        var figures = Array.ConvertAll(printed, figure => double.Parse(figure, CultureInfo.InvariantCulture));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-26} {figures[0],6:0.0} s, {(figures[3] + figures[4]) / figures[0],7:#,0} rows a second, {figures[2] - figures[1],4:0} MB more than the {figures[1]:0} MB of the idle process; {figures[3]:#,0} subscribed, {figures[4]:#,0} refused; the same file again {figures[5]:0.0} s"));
    }

    private static void Write(string file, int rows, bool isBroken)
    {
        using var writer = new StreamWriter(file);
        writer.WriteLine("email,name,confirmed_at,tags,status");
        for (var number = 0; number < rows; number++)
        {
            writer.WriteLine(isBroken && number % 3 == 1
                ? Broken[number / 3 % Broken.Length]
                : string.Create(CultureInfo.InvariantCulture, $"reader.{number * 7919L % 1_000_003}@journal{number % 1000}.example,\"Reader, the {number}th\",2024-01-02 03:04:05,\"customer,{(number % 5 == 0 ? "seo" : "old")}\",{(number % 50 == 0 ? "unsubscribed" : "subscribed")}"));
        }
    }
}
