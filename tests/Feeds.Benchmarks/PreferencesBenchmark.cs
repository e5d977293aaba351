using System.Collections.Concurrent;
using System.Globalization;
using Feeds.Newsletter.Subscribing;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>
/// How long <c>feeds serve</c> takes to show readers of a large store their preferences, each another's, beside a page of the same
/// server for which it looks nothing up.
/// </summary>
internal static class PreferencesBenchmark
{
    private const int PerSecond = 50;
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 8, 0, 0, TimeSpan.FromHours(1));

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        var people = options.PeopleOf(all: 1_000_000, few: 50_000);
        var duration = TimeSpan.FromSeconds(options.Quick ? 10 : 60);
        await Tool.PublishFeedsAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"preferences: GET /preferences/{{token}} of `feeds serve`, {people:#,0} subscribers, {PerSecond} a second for {duration.TotalSeconds:0} s, each somebody else's, and as many GET /health/live by turns with them; from the question to its last byte; goal at 1,000,000: p99 less than 20 ms"));
        await using var postgres = await PostgresServer.StartAsync(work);
        await MeasureAsync(work, "SQLite", $"Data Source={work["feeds.db"]}", people, duration);
        await MeasureAsync(work, "PostgreSQL", await postgres.NewDatabaseAsync(), people, duration);
    }

    private static async Task MeasureAsync(WorkFolder work, string name, string connectionString, int people, TimeSpan duration)
    {
        await ChoosingReaders.MakeAsync(work, connectionString, people, ChoosingReaders.AtOnce(Slot)[0].Times);
        var key = await KeyAsync(connectionString);
        var site = Server.FreeAddress();
        await using var program = await Server.StartAsync(
            work.Path,
            new Uri(site, "health/ready"),
            [.. Tool.Feeds, "serve", $"--urls={site}", $"--Storage:ConnectionString={connectionString}", $"--Publication:BaseUrl={site}", $"--Mail:PickupFolder={work["mails"]}"]);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = site };

        // Code is compiled better the more often it runs; these are none of those that are measured.
        await AskAsync(client, Tokens(key, people, seed: 1), TimeSpan.FromSeconds(10));
        var (pages, plain) = await AskAsync(client, Tokens(key, people, seed: 2), duration);
        var (now, peak) = await program.MegabytesAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name,-10} preferences p50 {Percentile.Of(pages, 50),5:0.0} p99 {Percentile.Of(pages, 99),5:0.0} ms at most {pages.Max():0.0} ({pages.Count:#,0} of them), /health/live p50 {Percentile.Of(plain, 50),5:0.0} p99 {Percentile.Of(plain, 99),5:0.0} ms at most {plain.Max():0.0}; ratio p50 {Percentile.Of(pages, 50) / Percentile.Of(plain, 50):0.0}, p99 {Percentile.Of(pages, 99) / Percentile.Of(plain, 99):0.0}; the server's memory {now:0} MB, at most {peak:0} MB"));
    }

    private static async Task<byte[]> KeyAsync(string connectionString)
    {
        await using var services = Readership.Open(connectionString);
        return await services.GetRequiredService<LinkTokens>().KeyAsync(default);
    }

    /// <summary>Links of people all over the store, the same in every run.</summary>
    private static IEnumerable<string> Tokens(byte[] key, int people, int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            yield return LinkTokens.Write(key, LinkPurpose.Preferences, new LinkReference(random.Next(1, people + 1), "", 0));
        }
    }

    /// <summary>Asks at fixed instants, whether or not earlier ones are answered: a slow answer delays no question, and hides no other.</summary>
    private static async Task<(ConcurrentBag<double> Pages, ConcurrentBag<double> Plain)> AskAsync(HttpClient client, IEnumerable<string> tokens, TimeSpan duration)
    {
        var (pages, plain) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var open = new List<Task>();
        var pause = TimeSpan.FromSeconds(1.0 / PerSecond / 2);
        var count = (int)(duration / pause);
        using var token = tokens.GetEnumerator();
        var start = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < count; number++)
        {
            var due = number * pause;
            if (due - TimeProvider.System.GetElapsedTime(start) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, TimeProvider.System);
            }

            // The timer's own lateness is not the server's.
            var asked = TimeProvider.System.GetTimestamp();
            if (number % 2 == 0 && token.MoveNext())
            {
                open.Add(TimeAsync(client, $"preferences/{token.Current}", "<form", pages, asked));
            }
            else
            {
                open.Add(TimeAsync(client, "health/live", "alive", plain, asked));
            }
        }

        await Task.WhenAll(open);
        return (pages, plain);
    }

    private static async Task TimeAsync(HttpClient client, string path, string holds, ConcurrentBag<double> times, long asked)
    {
        var text = await client.GetStringAsync(new Uri(path, UriKind.Relative));
        times.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
        if (!text.Contains(holds, StringComparison.Ordinal))
        {
            throw new BenchmarkException($"/{path.Split('/')[0]} did not show what it is to show.");
        }
    }
}
