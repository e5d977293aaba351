using System.Globalization;
using System.Net.Sockets;

namespace Feeds.Benchmarks;

/// <summary><c>feeds edition run</c> into Postfix's <c>smtp-sink</c> against Postfix's <c>smtp-source</c>: whole processes, same sink, same size.</summary>
internal static class DeliveryBenchmark
{
    private const int Subscribers = 20_000;
    private const int Connections = 4;
    private const int Count = 3;
    private const string Slot = "2026-11-23T08:00:00+01:00";

    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        Tool.Need("smtp-sink", "smtp-source", "time");
        await Tool.PublishFeedsAsync();
        await Readership.MakeAsync($"Data Source={work["feeds.db"]};Pooling=false", Subscribers);
        await Tool.OutputAsync(work.Path, [.. Tool.Feeds, "edition", "preview", "weekly", "--at", Slot, "--out", work["digest.eml"], $"--Storage:ConnectionString=Data Source={work["feeds.db"]}"]);
        var size = new FileInfo(work["digest.eml"]).Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"delivery: {Subscribers} messages of {size / 1024.0:0} KB over {Connections} connections; `feeds edition run` renders the edition, keeps its ledger in SQLite and ends; smtp-source sends one constant message and keeps nothing; {Count} pairs; more than 1 means that feeds sends more"));

        var port = Server.FreePort();
        // As root it wants to be told whom to become.
        string[] user = Tool.IsRoot ? ["-u", "nobody"] : [];
        using var sink = Tool.Start(work.Path, ["/usr/sbin/smtp-sink", .. user, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "1000"]);
        try
        {
            await WaitForAsync(port);
            var rates = new Pairs("feeds", "smtp-source", "messages/s");
            var pair = 0;
            await rates.MeasureAsync(Count, () => FeedsAsync(work, port, pair++), () => SourceAsync(work, port, size));
            rates.Print("whole processes");
        }
        finally
        {
            sink.Kill();
            await sink.WaitForExitAsync();
        }
    }

    private static async Task<double> FeedsAsync(WorkFolder work, int port, int pair)
    {
        // Each run sends the same edition anew: from a copy of the database that has not sent it.
        var database = work[string.Create(CultureInfo.InvariantCulture, $"run-{pair}.db")];
        File.Copy(work["feeds.db"], database);
        var run = await Tool.MeasureAsync(
            work,
            [
                .. Tool.Feeds, "edition", "run", "weekly", "--slot", Slot, $"--Storage:ConnectionString=Data Source={database}", "--Mail:Mode=live", "--Mail:From=a@journal.example",
                "--Mail:Smtp:Host=127.0.0.1", "--Mail:Smtp:Security=None", string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={port}"), string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Connections={Connections}"),
            ]);
        var listed = await Tool.OutputAsync(work.Path, [.. Tool.Feeds, "edition", "list", $"--Storage:ConnectionString=Data Source={database}"]);
        return listed.Contains(string.Create(CultureInfo.InvariantCulture, $"{Subscribers} accepted"), StringComparison.Ordinal)
            ? Subscribers / run.Wall.TotalSeconds
            : throw new BenchmarkException($"Not all were accepted:\n{listed}");
    }

    private static async Task<double> SourceAsync(WorkFolder work, int port, long size)
    {
        var run = await Tool.MeasureAsync(
            work,
            [
                "/usr/sbin/smtp-source", "-s", string.Create(CultureInfo.InvariantCulture, $"{Connections}"), "-m", string.Create(CultureInfo.InvariantCulture, $"{Subscribers}"), "-l", string.Create(CultureInfo.InvariantCulture, $"{size}"),
                "-f", "a@journal.example", "-t", "b@journal.example", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            ]);
        return Subscribers / run.Wall.TotalSeconds;
    }

    private static async Task WaitForAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
