using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>What a large store costs: its import, its start to the first feed, the memory of a server that has sent every feed once.</summary>
internal static class StartBenchmark
{
    private static readonly int[] Sizes = [1_000, 100_000];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(WorkFolder work)
    {
        Tool.Need("time");
        await Tool.PublishFeedsAsync();
        Console.WriteLine("start: `feeds import` as a whole process; `feeds serve` with the folder watched, from the start of its process; its memory once it sent all feeds in all formats and looked through the folder");
        foreach (var articles in Sizes)
        {
            var (publication, import) = await Publication.MakeAsync(work, articles);
            var again = await publication.ImportAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {articles,7:#,0} articles      import {import.Wall.TotalSeconds:0.0} s, {import.PeakMegabytes:0} MB; again without a change {again.Wall.TotalSeconds:0.0} s, {again.PeakMegabytes:0} MB"));

            await using var server = await publication.ServeAsync("feed.atom");
            await ReadAllAsync(publication);
            await WaitForLookAsync(publication, articles);
            var (now, peak) = await server.MegabytesAsync();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {"",7}               first feed after {server.ToFirstAnswer.TotalSeconds:0.00} s, goal: less than 2 s; memory {now:0} MB, at most {peak:0} MB, goal: less than 300 MB"));
        }
    }

    private static async Task ReadAllAsync(Publication publication)
    {
        using var client = new HttpClient();
        foreach (var place in Enumerable.Range(0, Publication.Categories).Select(number => string.Create(CultureInfo.InvariantCulture, $"categories/rubrique-{number:000}/")).Prepend(""))
        {
            foreach (var format in new[] { "rss", "atom", "json" })
            {
                await client.GetByteArrayAsync(new Uri(publication.Address, $"{place}feed.{format}"));
            }
        }
    }

    /// <summary>A change is in the feed only after the whole folder was looked through.</summary>
    private static async Task WaitForLookAsync(Publication publication, int articles)
    {
        const string Mark = "Saved while all the others were looked through.";
        await File.AppendAllTextAsync(publication.FileOf(articles), $"\n{Mark}\n");
        using var client = new HttpClient();
        var start = TimeProvider.System.GetTimestamp();
        while (!(await client.GetStringAsync(new Uri(publication.Address, "feed.json"))).Contains(Mark, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new BenchmarkException("A saved file never came into the feed.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
