using System.Globalization;
using System.Net;

namespace Feeds.Benchmarks;

/// <summary><c>feeds serve</c> against nginx with the same bytes as files.</summary>
internal static class HttpBenchmark
{
    private const int Count = 5;
    private const int WarmUps = 3;
    private const string Feed = "categories/rubrique-003/feed.rss";

    public static async Task RunAsync(WorkFolder work)
    {
        Tool.Need("nginx", "wrk");
        await Tool.PublishFeedsAsync();
        var version = (await Tool.OutputAsync(work.Path, "/usr/sbin/nginx", "-v")).Trim();
        var ours = Server.FreeAddress();
        string[] settings = [$"--Storage:ConnectionString=Data Source={work["feeds.db"]}", $"--Publication:BaseUrl={ours}", $"--Mail:PickupFolder={work["mails"]}"];
        await GeneratedArticles.WriteAsync(work["articles"], articles: 500, categories: 10);
        await Tool.OutputAsync(work.Path, [.. Tool.Feeds, "import", work["articles"], .. settings]);
        await using var program = await Server.StartAsync(work.Path, new Uri(ours, Feed), [.. Tool.Feeds, "serve", $"--urls={ours}", .. settings]);

        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
        var file = Path.Combine(work["static"], Feed);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync(new Uri(ours, Feed)));
        await File.WriteAllBytesAsync(file + ".gz", (await AskAsync(client, new Uri(ours, Feed), "gzip")).Body);
        await File.WriteAllBytesAsync(file + ".br", (await AskAsync(client, new Uri(ours, Feed), "br")).Body);
        var theirs = Server.FreeAddress();
        await using var nginx = await Nginx.StartAsync(work, work["static"], new Uri(theirs, Feed));

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"http: `feeds serve` against {version}, a category's feed of 20 articles, {new FileInfo(file).Length} bytes, {new FileInfo(file + ".gz").Length} as gzip, {new FileInfo(file + ".br").Length} as Brotli; {Wrk.Load}, {Count} pairs; more than 1 means that feeds answers more"));
        await CompareAsync(work, client, "identity", [ours, theirs], coding: "identity", isConditional: false);
        await CompareAsync(work, client, "gzip", [ours, theirs], coding: "gzip", isConditional: false);
        if (Nginx.HasBrotli)
        {
            await CompareAsync(work, client, "brotli", [ours, theirs], coding: "br", isConditional: false);
        }
        else
        {
            Console.WriteLine("  brotli                   not compared: this nginx can't send it (Debian: apt-get install libnginx-mod-http-brotli-static)");
        }

        await CompareAsync(work, client, "304 (If-None-Match)", [ours, theirs], coding: "gzip", isConditional: true);
        Console.WriteLine("  What nginx spares itself: .NET asks a socket for more before it waits for it (one system call a request), and hands each event from the thread that heard of it to another.");
    }

    private static async Task CompareAsync(WorkFolder work, HttpClient client, string title, Uri[] sites, string coding, bool isConditional)
    {
        var addresses = Array.ConvertAll(sites, site => new Uri(site, Feed));
        var answers = new List<Answer>();
        foreach (var address in addresses)
        {
            answers.Add(await AskAsync(client, address, coding));
        }

        if (!answers[0].Body.AsSpan().SequenceEqual(answers[1].Body))
        {
            throw new BenchmarkException($"The two servers send different bytes ({title}).");
        }

        var headers = answers.ConvertAll<string[]>(answer =>
            isConditional ? [$"Accept-Encoding: {coding}", $"If-None-Match: {answer.EntityTag}"] : [$"Accept-Encoding: {coding}"]);
        if (isConditional && ((await AskAsync(client, addresses[0], coding, answers[0].EntityTag)).Status, (await AskAsync(client, addresses[1], coding, answers[1].EntityTag)).Status) != (HttpStatusCode.NotModified, HttpStatusCode.NotModified))
        {
            throw new BenchmarkException("One of the servers does not answer 304 to its own entity tag.");
        }

        // The first runs only warm up: the program's code is compiled better the more often it runs.
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            await Wrk.RequestsPerSecondAsync(work, addresses[0], headers[0]);
        }

        await Wrk.RequestsPerSecondAsync(work, addresses[1], headers[1]);
        var pairs = new Pairs("feeds", "nginx", "requests/s");
        await pairs.MeasureAsync(
            Count,
            () => Wrk.RequestsPerSecondAsync(work, addresses[0], headers[0]),
            () => Wrk.RequestsPerSecondAsync(work, addresses[1], headers[1]));
        pairs.Print(title);
    }

    private static async Task<Answer> AskAsync(HttpClient client, Uri address, string coding, string? entityTag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept-Encoding", coding);
        if (entityTag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", entityTag);
        }

        using var answer = await client.SendAsync(request);
        return new Answer(answer.StatusCode, answer.Headers.ETag?.ToString() ?? "", await answer.Content.ReadAsByteArrayAsync());
    }

    private sealed record Answer(HttpStatusCode Status, string EntityTag, byte[] Body);
}
