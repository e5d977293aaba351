using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary><c>feeds publish</c> against Hugo: the whole process, with its start.</summary>
internal static class PublishBenchmark
{
    private const int Articles = 10_000;
    private const int Categories = 100;
    private const int Count = 3;

    public static async Task RunAsync(WorkFolder work)
    {
        Tool.Need("hugo", "time");
        var version = (await Tool.OutputAsync(work.Path, "hugo", "version")).Split(' ')[1];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"publish: {Articles} articles in {Categories} categories, 20 full articles a feed; `feeds publish` writes RSS, Atom and JSON Feed from the store, hugo {version} writes RSS from the files; {Count} pairs; less than 1 means that feeds needs less"));
        string[] settings = [$"--Storage:ConnectionString=Data Source={work["feeds.db"]}", "--Publication:BaseUrl=https://journal.example"];
        await GeneratedArticles.WriteAsync(work["articles"], Articles, Categories);
        await HugoSite.WriteAsync(work["hugo"], work["articles"]);

        var import = await Tool.MeasureAsync(work, [.. Tool.Feeds, "import", work["articles"], .. settings]);
        var again = await Tool.MeasureAsync(work, [.. Tool.Feeds, "import", work["articles"], .. settings]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  before that, once: `feeds import` {import.Wall.TotalSeconds:0.0} s, {import.PeakMegabytes:0} MB; again without a change {again.Wall.TotalSeconds:0.0} s, {again.PeakMegabytes:0} MB"));

        var seconds = new Pairs("feeds", "hugo", "s");
        var megabytes = new Pairs("feeds", "hugo", "MB");
        for (var pair = 0; pair < Count; pair++)
        {
            Run hugo = await Tool.MeasureAsync(work, "hugo", "--quiet", "--source", work["hugo"], "--destination", work[$"hugo-{pair}"], "--cacheDir", work["hugo-cache"]);
            Run feeds = await Tool.MeasureAsync(work, [.. Tool.Feeds, "publish", work[$"feeds-{pair}"], .. settings]);
            seconds.Add(feeds.Wall.TotalSeconds, hugo.Wall.TotalSeconds);
            megabytes.Add(feeds.PeakMegabytes, hugo.PeakMegabytes);
            CheckFeeds(work[$"hugo-{pair}"], "index.xml", Categories + 1);
            CheckFeeds(work[$"feeds-{pair}"], "feed.rss", Categories + 1);
            CheckFeeds(work[$"feeds-{pair}"], "feed.atom", Categories + 1);
        }

        seconds.Print("wall time");
        megabytes.Print("peak memory");
        var unchanged = await Tool.MeasureAsync(work, [.. Tool.Feeds, "publish", work["feeds-0"], .. settings]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  published again over itself: {unchanged.Wall.TotalSeconds:0.0} s"));
    }

    private static void CheckFeeds(string folder, string name, int expected)
    {
        var found = Directory.GetFiles(folder, name, SearchOption.AllDirectories).Length;
        if (found != expected)
        {
            throw new BenchmarkException(string.Create(CultureInfo.InvariantCulture, $"{found} files {name} in {folder} where there should be {expected}."));
        }
    }
}
