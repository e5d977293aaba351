using Feeds.Benchmarks;
using Feeds.Benchmarks.Delivery;

if (args is [FreezeRun.Verb, { } connectionString, { } mode])
{
    await FreezeRun.RunAsync(connectionString, mode);
    return 0;
}

if (args is [ImportBenchmark.OnceVerb, { } store, { } file])
{
    await ImportBenchmark.RunOnceAsync(store, file);
    return 0;
}

if (args is [PlainLoad.OnceVerb, { } empty, { } sound])
{
    await PlainLoad.RunOnceAsync(empty, sound);
    return 0;
}

if (args is [SmtpSink.OnceVerb, .. var numbers])
{
    await SmtpSink.RunOnceAsync(numbers);
    return 0;
}

// Each verb measures the built program, where there is one against a well-known one on the same machine in the same run;
// without a verb, all of them.
var benchmarks = new Dictionary<string, Func<WorkFolder, BenchmarkOptions, Task>>(StringComparer.Ordinal)
{
    ["http"] = (work, _) => HttpBenchmark.RunAsync(work),
    ["publish"] = (work, _) => PublishBenchmark.RunAsync(work),
    ["freshness"] = (work, _) => FreshnessBenchmark.RunAsync(work),
    ["start"] = (work, _) => StartBenchmark.RunAsync(work),
    ["freeze"] = FreezeBenchmark.RunAsync,
    ["import"] = ImportBenchmark.RunAsync,
    ["delivery"] = DeliveryBenchmark.RunAsync,
    ["join"] = JoinBenchmark.RunAsync,
    ["preferences"] = PreferencesBenchmark.RunAsync,
};
EndOfRun.Watch();
BenchmarkOptions options;
IReadOnlyList<string> verbs;
try
{
    (options, verbs) = BenchmarkOptions.Parse(args);
}
catch (BenchmarkException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

var unknown = verbs.Where(verb => !benchmarks.ContainsKey(verb)).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync($"There is no benchmark {unknown[0]}; write {string.Join(" or ", benchmarks.Keys)}, or nothing for all of them.");
    return 2;
}

await Machine.DescribeAsync();
foreach (var verb in verbs.Count > 0 ? verbs : [.. benchmarks.Keys])
{
    Console.WriteLine();
    using var folder = new WorkFolder();
    try
    {
        await benchmarks[verb](folder, options);
    }
    catch (BenchmarkException refused) when (!EndOfRun.HasBegun)
    {
        await Console.Error.WriteLineAsync($"{verb}: {refused.Message}");
        return 1;
    }
    catch (Exception) when (EndOfRun.HasBegun)
    {
        // It ends without us.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }
}

return 0;
