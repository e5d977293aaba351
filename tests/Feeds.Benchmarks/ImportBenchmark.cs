using System.Globalization;
using Feeds.Newsletter;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>
/// How long a file of subscribers takes to be imported, and how much memory beyond what the process held while it idled; beside
/// it <see cref="PlainLoad"/>, the least that a program can do with the same file.
/// </summary>
internal static class ImportBenchmark
{
    /// <summary>Runs one import in a process of its own, so that its memory is nothing else's.</summary>
    public const string OnceVerb = "import-once";

    private static readonly string[] Broken = ["no address at all,,,,", "reader@example.org,\"open,,,", "reader@,,,,", "reader@example.org,,,", "reader@example.org,,yesterday,,"];

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var rows = options.PeopleOf(all: 1_000_000, few: 50_000);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"import: `SubscriberFiles.ImportAsync` of {rows:#,0} rows into an empty store, in a process of its own; goals at 1,000,000: less than 120 s on SQLite, less than 180 s on PostgreSQL, less than 300 MB more. Beside it a plain load of the same file into the same tables: CsvHelper reads, prepared INSERTs in one transaction (SQLite) or binary COPY (PostgreSQL) write; it knows nobody, checks nothing and can't go on where it was stopped"));
        await using var postgres = await PostgresServer.StartAsync(work);
        foreach (var (name, broken) in new[] { ("all sound", false), ("a third broken", true) })
        {
            var file = work[broken ? "broken.csv" : "sound.csv"];
            Write(file, rows, broken);
            await MeasureAsync(work, $"SQLite, {name}", Sqlite(broken ? "broken.db" : "sound.db"), broken ? null : Sqlite("plain.db"), file);
            await MeasureAsync(work, $"PostgreSQL, {name}", await postgres.NewDatabaseAsync(), broken ? null : await postgres.NewDatabaseAsync(), file);
        }

        string Sqlite(string name) => $"Data Source={work[name]}";
    }

    /// <summary>Imports, and prints seconds, megabytes held before and at most, how many were brought in and how many refused, and the seconds of a second time and of a processor in the first.</summary>
    public static async Task RunOnceAsync(string connectionString, string file)
    {
        await using var services = Readership.Open(connectionString);
        var files = services.GetRequiredService<SubscriberFiles>();
        var request = new SubscriberImportRequest(file) { Source = "benchmark", Cadence = Readership.Cadence };
        await files.ImportAsync(request with { Path = $"{file}.first" }, null, default);
        GC.Collect();
        var idle = await Memory.MegabytesAsync("VmRSS:");
        await Memory.ForgetPeakAsync();
        var worked = Memory.ProcessorSeconds();
        var (report, seconds) = await TimeAsync();
        worked = Memory.ProcessorSeconds() - worked;
        var peak = await Memory.MegabytesAsync("VmHWM:");
        var (_, again) = await TimeAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {idle} {peak} {report.Counts.Confirmed + report.Counts.Left} {report.RefusedCount} {again} {worked}"));

        async Task<(SubscriberImportReport Report, double Seconds)> TimeAsync()
        {
            var start = TimeProvider.System.GetTimestamp();
            return (await files.ImportAsync(request, null, default), TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static async Task MeasureAsync(WorkFolder work, string name, string connectionString, string? plainConnectionString, string file)
    {
        await Readership.MakeAsync(connectionString, 0);
        await File.WriteAllLinesAsync($"{file}.first", File.ReadLines(file).Take(3));
        var figures = await FiguresAsync(work, OnceVerb, connectionString, file);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-26} {figures[0],6:0.0} s, {figures[6]:0.0} of a processor in the process, {(figures[3] + figures[4]) / figures[0],7:#,0} rows a second, {figures[2] - figures[1],4:0} MB more than the {figures[1]:0} MB of the idle process; {figures[3]:#,0} subscribed or noted as having left, {figures[4]:#,0} refused; the same file again {figures[5]:0.0} s"));
        if (plainConnectionString is not null)
        {
            await Readership.MakeAsync(plainConnectionString, 0);
            var plain = await FiguresAsync(work, PlainLoad.OnceVerb, plainConnectionString, file);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {"  the plain load",-26} {plain[0],6:0.0} s, {plain[5]:0.0} of a processor in the process, {plain[3] / plain[0],7:#,0} rows a second, {plain[2] - plain[1],4:0} MB more; reading alone {plain[4]:0.0} s. The import takes {figures[0] / plain[0]:0.0} × as long"));
        }
    }

    private static async Task<double[]> FiguresAsync(WorkFolder work, string verb, string connectionString, string file) =>
        Array.ConvertAll((await Tool.OutputAsync(work.Path, Environment.ProcessPath!, verb, connectionString, file)).Trim().Split('\n')[^1].Split(' '), figure => double.Parse(figure, CultureInfo.InvariantCulture));

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
