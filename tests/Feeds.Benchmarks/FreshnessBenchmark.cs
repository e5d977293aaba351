using System.Globalization;
using System.Net;
using System.Text;

namespace Feeds.Benchmarks;

/// <summary>
/// How long after a file was saved a reader gets the new text: <c>feeds serve</c> watches the folder, an editor saves, a
/// reader asks for the feed again and again until the text is in it.
/// </summary>
internal static class FreshnessBenchmark
{
    private const int Saves = 300;
    private static readonly int[] Sizes = [1_000, 100_000];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(WorkFolder work)
    {
        Tool.Need("time");
        await Tool.PublishFeedsAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"freshness: from a saved file to its new text in an HTTP answer, {Saves} saves at each size, every second one in place and every second one beside the file and then in its place; a conditional GET every {Poll.TotalMilliseconds} ms"));
        var worst = new List<double>();
        foreach (var articles in Sizes)
        {
            var (publication, _) = await Publication.MakeAsync(work, articles);
            await using var server = await publication.ServeAsync("feed.atom");
            var (times, pauses) = await MeasureAsync(publication, articles);
            worst.Add(At(times, 99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {articles,7:#,0} articles      p50 {At(times, 50),6:0.0} ms, p90 {At(times, 90),6:0.0} ms, p99 {At(times, 99),6:0.0} ms, longest {times[^1]:0.0} ms; goal: p99 of at most 50 ms (what else the machine did: the reader's pauses of {Poll.TotalMilliseconds} ms took up to {At(pauses, 99):0.0} ms at p99, {pauses[^1]:0.0} ms at most)"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  p99 of the last size to the first: {worst[^1] / worst[0]:0.00}; goal: at most 1.50"));
    }

    private static async Task<(List<double> Times, List<double> Pauses)> MeasureAsync(Publication publication, int articles)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
        var reader = new Reader(client, new Uri(publication.Address, "feed.atom"));
        // The first ones wait for the look at the folder that every start begins with, and warm up.
        for (var save = 0; save < 30; save++)
        {
            await SaveAsync(publication, reader, articles, -1 - save);
        }

        var times = new List<double>();
        for (var save = 0; save < Saves; save++)
        {
            times.Add((await SaveAsync(publication, reader, articles, save)).TotalMilliseconds);
            // At any moment of what else goes on at intervals.
            await Task.Delay(TimeSpan.FromMilliseconds(20 + (save * 37 % 200)), TimeProvider.System);
        }

        times.Sort();
        return (times, reader.SortedPauses());
    }

    private static async Task<TimeSpan> SaveAsync(Publication publication, Reader reader, int articles, int save)
    {
        var file = publication.FileOf(articles - (Math.Abs(save) % 10));
        var mark = string.Create(CultureInfo.InvariantCulture, $"Saved for the time number {save}.");
        var text = await File.ReadAllTextAsync(file);
        var end = text.IndexOf("\n\nSaved for the time", StringComparison.Ordinal);
        text = (end < 0 ? text : text[..end]) + $"\n\n{mark}\n";
        if (save % 2 == 0)
        {
            await File.WriteAllTextAsync(file, text);
        }
        else
        {
            await File.WriteAllTextAsync(file + ".tmp", text);
            File.Move(file + ".tmp", file, overwrite: true);
        }

        var saved = TimeProvider.System.GetTimestamp();
        while (!await reader.SeesAsync(mark))
        {
            if (TimeProvider.System.GetElapsedTime(saved) > Patience)
            {
                throw new BenchmarkException($"“{mark}” never came into {publication.Address}feed.atom.");
            }

            await reader.PauseAsync();
        }

        return TimeProvider.System.GetElapsedTime(saved);
    }

    private static double At(List<double> sorted, int percent) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(sorted.Count * percent / 100.0) - 1)];

    /// <summary>Asks as feed readers do: only for what is new.</summary>
    private sealed class Reader(HttpClient client, Uri address)
    {
        private readonly List<double> pauses = [];
        private string? entityTag;
        private string feed = "";

        public async Task PauseAsync()
        {
            var start = TimeProvider.System.GetTimestamp();
            await Task.Delay(Poll, TimeProvider.System);
            pauses.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        public List<double> SortedPauses() => [.. pauses.Order()];

        public async Task<bool> SeesAsync(string mark)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (entityTag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", entityTag);
            }

            using var answer = await client.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                feed = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
                entityTag = answer.Headers.ETag?.ToString();
            }

            return feed.Contains(mark, StringComparison.Ordinal);
        }
    }
}
