using Feeds.Benchmarks;

// Each verb measures the built program, where there is one against a well-known one on the same machine in the same run;
// without a verb, all of them.
var benchmarks = new Dictionary<string, Func<WorkFolder, Task>>(StringComparer.Ordinal)
{
    ["http"] = HttpBenchmark.RunAsync,
    ["publish"] = PublishBenchmark.RunAsync,
    ["freshness"] = FreshnessBenchmark.RunAsync,
    ["start"] = StartBenchmark.RunAsync,
    ["delivery"] = DeliveryBenchmark.RunAsync,
};
var unknown = args.Where(verb => !benchmarks.ContainsKey(verb)).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync($"There is no benchmark {unknown[0]}; write {string.Join(" or ", benchmarks.Keys)}, or nothing for all of them.");
    return 2;
}

await Machine.DescribeAsync();
using var program = new WorkFolder();
await Tool.PublishFeedsAsync(program);
foreach (var verb in args.Length > 0 ? args : [.. benchmarks.Keys])
{
    Console.WriteLine();
    using var folder = new WorkFolder();
    try
    {
        await benchmarks[verb](folder);
    }
    catch (BenchmarkException refused)
    {
        await Console.Error.WriteLineAsync($"{verb}: {refused.Message}");
        return 1;
    }
}

return 0;
