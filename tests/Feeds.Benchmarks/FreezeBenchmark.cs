using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>
/// How long an edition's freezing takes for a large audience all of whom chose, how much memory it takes beyond what the process
/// held while it idled, and whether each distinct content is rendered once.
/// </summary>
internal static class FreezeBenchmark
{
    private const int All = 1_000_000;
    private const int Few = 100_000;
    private const int Quick = 20_000;

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var most = options.PeopleOf(All, Quick);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"freeze: `Editions.MakeAsync` for subscribers with all {ChoosingReaders.Sets} sets of categories in {ChoosingReaders.Zones} zones, in a process of its own that has rendered a preview before and idles; goals at 1,000,000: less than 60 s, less than 200 MB more, as many renderings as distinct contents. Beside it, how long the database takes to copy the deliveries that came of it into a table with the same indexes, in one statement"));
        await using var postgres = await PostgresServer.StartAsync(work);
        foreach (var (people, mode, what) in new[]
        {
            (Few, FreezeRun.AtOnce, "one slot: hours of their own that are all at the instant at which the cadence sends"),
            (most, FreezeRun.AtOnce, "the same"),
            (most, FreezeRun.OverADay, "a day: each at 08:00 of their own, so a slot for each difference from UTC; the sum"),
        }.Where(run => run.Item1 <= most))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {people:#,0} subscribers, {what}"));
            var file = string.Create(CultureInfo.InvariantCulture, $"{mode}-{people}.db");
            await MeasureAsync(work, "SQLite", $"Data Source={work[file]}", people, mode);
            foreach (var left in Directory.EnumerateFiles(work.Path, $"{file}*"))
            {
                File.Delete(left);
            }

            await MeasureAsync(work, "PostgreSQL", await postgres.NewDatabaseAsync(), people, mode);
        }
    }

    private static async Task MeasureAsync(WorkFolder work, string name, string connectionString, int people, string mode)
    {
        await ChoosingReaders.MakeAsync(work, connectionString, people, [.. FreezeRun.Slots(mode).SelectMany(slot => slot.Times)]);
        var run = FreezeFigures.Read(await Tool.OutputAsync(work.Path, Environment.ProcessPath!, FreezeRun.Verb, connectionString, mode));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    {name,-10} {run.Seconds,6:0.0} s, {run.ProcessorSeconds:0.0} of a processor in the process ({run.Seconds / run.CopySeconds:0.0} × the {run.CopySeconds:0.0} s of copying), {run.PeakMegabytes - run.IdleMegabytes,4:0} MB more than the {run.IdleMegabytes:0} MB of the idle process; {run.Editions} editions, {run.Deliveries:#,0} deliveries; distinct contents: {run.DistinctByChoices:#,0} by the choices, {run.DistinctStored:#,0} among the {run.Stored:#,0} stored; {run.Renderings:#,0} renderings"));
        if (run.Deliveries != people || run.Renderings != run.DistinctByChoices || run.DistinctStored != run.DistinctByChoices || run.Stored != run.DistinctByChoices)
        {
            throw new BenchmarkException("Not everybody was frozen, or not each distinct content was rendered once.");
        }
    }
}
