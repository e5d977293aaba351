using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary><c>feeds publish</c> against Hugo, the whole process with its start: from nothing, and after one article changed.</summary>
internal static class PublishBenchmark
{
    private const int Count = 3;
    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    public static async Task RunAsync(WorkFolder work)
    {
        Tool.Need("hugo", "time");
        await Tool.PublishFeedsAsync();
        var version = (await Tool.OutputAsync(work.Path, "hugo", "version")).Split(' ')[1];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"publish: articles in {Publication.Categories} categories, 20 full articles a feed; `feeds publish` writes RSS, Atom and JSON Feed with gzip and Brotli beside them, and every archive, from the store; hugo {version} writes RSS from the files; {Count} pairs; less than 1 means that feeds needs less"));
        foreach (var articles in Sizes)
        {
            await MeasureAsync(work, articles);
        }
    }

    private static async Task MeasureAsync(WorkFolder work, int articles)
    {
        var (publication, import) = await Publication.MakeAsync(work, articles);
        var site = work[Name(articles, "hugo")];
        await HugoSite.WriteAsync(site, publication.Folder);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {articles:#,0} articles (before that, once: `feeds import` {import.Wall.TotalSeconds:0.0} s, {import.PeakMegabytes:0} MB)"));

        var seconds = new Pairs("feeds", "hugo", "s");
        var megabytes = new Pairs("feeds", "hugo", "MB");
        var changed = new Pairs("feeds", "hugo", "s");
        var folder = "";
        for (var pair = 0; pair < Count; pair++)
        {
            // Each into a new folder, and none removed before the end: the file system would be busy with it meanwhile.
            var theirs = work[Name(articles, $"hugo-public-{pair}")];
            Run hugo = await Tool.MeasureAsync(work, "hugo", "--quiet", "--source", site, "--destination", theirs, "--cacheDir", work["hugo-cache"]);
            folder = work[Name(articles, $"feeds-{pair}")];
            Run feeds = await PublishAsync();
            seconds.Add(feeds.Wall.TotalSeconds, hugo.Wall.TotalSeconds);
            megabytes.Add(feeds.PeakMegabytes, hugo.PeakMegabytes);
            CheckFeeds(theirs, "index.xml");
            CheckFeeds(folder, "feed.rss.br");
            CheckFeeds(folder, "feed.atom.gz");

            // One from the middle, which live feeds carry no more, and the newest, which they do.
            await ChangeAsync(publication, pair % 2 == 0 ? articles : articles / 2);
            await publication.ImportAsync();
            changed.Add((await PublishAsync()).Wall.TotalSeconds, hugo.Wall.TotalSeconds);
        }

        seconds.Print("from nothing, wall time");
        megabytes.Print("from nothing, memory");
        changed.Print("after one change");
        var unchanged = await PublishAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length:#,0} files; published again without a change {unchanged.Wall.TotalSeconds:0.00} s, {unchanged.PeakMegabytes:0} MB"));

        Task<Run> PublishAsync() => Tool.MeasureAsync(work, [.. Tool.Feeds, "publish", folder, .. publication.Settings]);
    }

    private static Task ChangeAsync(Publication publication, int number) => File.AppendAllTextAsync(publication.FileOf(number), "\nOne more sentence.\n");

    private static string Name(int articles, string of) => string.Create(CultureInfo.InvariantCulture, $"{articles}-{of}");

    private static void CheckFeeds(string folder, string name)
    {
        var found = Directory.GetFiles(folder, name, SearchOption.AllDirectories).Length;
        if (found != Publication.Categories + 1)
        {
            throw new BenchmarkException(string.Create(CultureInfo.InvariantCulture, $"{found} files {name} in {folder} where there should be {Publication.Categories + 1}."));
        }
    }
}
