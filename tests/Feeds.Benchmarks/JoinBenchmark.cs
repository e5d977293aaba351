using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Feeds.Benchmarks;

/// <summary>
/// A flood of sign-ups for one address, each from a network of its own, against <c>feeds serve</c>, while others read a feed,
/// open the form, and send it honestly.
/// </summary>
internal static partial class JoinBenchmark
{
    private const int PerSecond = 1_000;
    private const string Victim = "victim@flood.example";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var seconds = options.Quick ? 10 : 60;
        await Tool.PublishFeedsAsync();
        await GeneratedArticles.WriteAsync(work["articles"], articles: 500, categories: 10);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"join: {PerSecond:#,0} sign-ups a second for one address, from as many networks, for {seconds} s; beside them a feed, the form and an honest sign-up (from networks that sent none before), each in turn every 50 ms; goals: p99 of the others less than 50 ms, at most one mail to the flooded address"));
        await using var postgres = await PostgresServer.StartAsync(work);
        await RunAsync(work, "SQLite", $"Data Source={work["feeds.db"]}", seconds);
        await RunAsync(work, "PostgreSQL", await postgres.NewDatabaseAsync(), seconds);
    }

    private static async Task RunAsync(WorkFolder work, string name, string connectionString, int seconds)
    {
        var site = Server.FreeAddress();
        var mails = work[$"mails-{name}"];
        string[] settings = [$"--Storage:ConnectionString={connectionString}", $"--Publication:BaseUrl={site}", $"--Mail:PickupFolder={mails}", "--Newsletter:Join:MailsPerHour=20000"];
        await Tool.OutputAsync(work.Path, [.. Tool.Feeds, "import", work["articles"], .. settings]);
        await using var program = await Server.StartAsync(work.Path, new Uri(site, "feed.atom"), [.. Tool.Feeds, "serve", $"--urls={site}", .. settings]);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site };
        Console.WriteLine($"  {name}");

        // Code is compiled better the more often it runs, and who floods does not come to a cold program.
        await MeasureAsync(client, TimeSpan.FromSeconds(5), perSecond: 200, "warm");
        Print("alone", await MeasureAsync(client, TimeSpan.FromSeconds(Math.Min(seconds, 15)), perSecond: 0, "alone"));
        var flood = await MeasureAsync(client, TimeSpan.FromSeconds(seconds), PerSecond, "flood");
        Print("flooded", flood);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    flood      {flood.Answers.Values.Sum() / flood.Elapsed.TotalSeconds,8:#,0} answered a second, {string.Join(", ", flood.Answers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value:#,0} with {(int)pair.Key}"))}; p99 {Percentile.Of(flood.Flood, 99):0.0} ms"));
        await WaitForHonestAsync(mails, flood.Honest);
        var (now, peak) = await program.MegabytesAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    mails to the flooded address {Recipients(mails).Count(to => string.Equals(to, Victim, StringComparison.Ordinal))}; to {flood.Honest} honest ones {Honest(mails)}; p99 of all requests of the others {Percentile.Of([.. flood.Feed, .. flood.Form, .. flood.SignUp], 99):0.0} ms; memory {now:0} MB, at most {peak:0} MB"));
    }

    private static async Task<Measured> MeasureAsync(HttpClient client, TimeSpan duration, int perSecond, string name)
    {
        var measured = new Measured();
        var started = TimeProvider.System.GetTimestamp();
        using var over = new CancellationTokenSource(duration, TimeProvider.System);
        var flood = FloodAsync(client, measured, perSecond, over.Token);
        for (var number = 0; !over.IsCancellationRequested; number++)
        {
            await TimeAsync(measured.Feed, () => client.GetAsync(new Uri("feed.atom", UriKind.Relative)), HttpStatusCode.OK);
            await TimeAsync(measured.Form, () => client.GetAsync(new Uri("subscribe", UriKind.Relative)), HttpStatusCode.OK);
            var honest = string.Create(CultureInfo.InvariantCulture, $"{name}{number}@honest{number % 50}.example");
            await TimeAsync(measured.SignUp, () => AskAsync(client, honest, 20_000_000 + (name.Length * 1_000_000) + number), HttpStatusCode.OK);
            measured.Honest++;
            await PauseAsync(TimeSpan.FromMilliseconds(50));
        }

        await flood;
        measured.Elapsed = TimeProvider.System.GetElapsedTime(started);
        return measured;
    }

    /// <summary>Sends as many as are due by the clock, without waiting for answers: who floods doesn't wait.</summary>
    private static async Task FloodAsync(HttpClient client, Measured measured, int perSecond, CancellationToken over)
    {
        var started = TimeProvider.System.GetTimestamp();
        var open = new ConcurrentDictionary<int, Task>();
        var sent = 0;
        while (perSecond > 0 && !over.IsCancellationRequested)
        {
            for (var due = (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * perSecond); sent < due; sent++)
            {
                var number = sent;
                open[number] = Task.Run(
                    async () =>
                    {
                        var asked = TimeProvider.System.GetTimestamp();
                        using var answer = await AskAsync(client, Victim, number);
                        measured.Flood.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
                        measured.Answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                        open.TryRemove(number, out _);
                    },
                    CancellationToken.None);
            }

            await PauseAsync(TimeSpan.FromMilliseconds(5));
        }

        await Task.WhenAll(open.Values);
    }

    /// <summary>Through a proxy on this machine, as the program believes it.</summary>
    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, string email, int network)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "subscribe")
        {
            Content = new FormUrlEncodedContent([new("email", email), new("cadence", "weekly")]),
        };
        request.Headers.Add("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"2001:{(network >> 16) & 0xffff:x}:{network & 0xffff:x}::1"));
        return await client.SendAsync(request);
    }

    private static async Task TimeAsync(ConcurrentBag<double> times, Func<Task<HttpResponseMessage>> ask, HttpStatusCode expected)
    {
        var asked = TimeProvider.System.GetTimestamp();
        using var answer = await ask();
        await answer.Content.ReadAsByteArrayAsync();
        times.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
        if (answer.StatusCode != expected)
        {
            throw new BenchmarkException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode} to an honest reader.");
        }
    }

    private static async Task WaitForHonestAsync(string mails, int count)
    {
        for (var started = TimeProvider.System.GetTimestamp(); Honest(mails) < count && TimeProvider.System.GetElapsedTime(started) < Patience;)
        {
            await PauseAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    private static Task PauseAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System);

    private static int Honest(string mails) => Recipients(mails).Count(to => to.StartsWith("flood", StringComparison.Ordinal));

    private static IEnumerable<string> Recipients(string mails) =>
        Directory.EnumerateFiles(mails, "*.eml").Select(file => Recipient().Match(File.ReadAllText(file)).Groups["to"].Value);

    private static void Print(string title, Measured measured) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"    {title,-10} feed p50 {Percentile.Of(measured.Feed, 50),5:0.0} p99 {Percentile.Of(measured.Feed, 99),5:0.0} ms, form p50 {Percentile.Of(measured.Form, 50),5:0.0} p99 {Percentile.Of(measured.Form, 99),5:0.0} ms, honest sign-up p50 {Percentile.Of(measured.SignUp, 50),5:0.0} p99 {Percentile.Of(measured.SignUp, 99),5:0.0} ms ({measured.SignUp.Count} of each)"));

    [GeneratedRegex(@"^To: (?<to>\S+)\r?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Recipient();

    private sealed class Measured
    {
        public ConcurrentBag<double> Feed { get; } = [];

        public ConcurrentBag<double> Form { get; } = [];

        public ConcurrentBag<double> SignUp { get; } = [];

        public ConcurrentBag<double> Flood { get; } = [];

        public ConcurrentDictionary<HttpStatusCode, int> Answers { get; } = new();

        public int Honest { get; set; }

        public TimeSpan Elapsed { get; set; }
    }
}
