using System.Globalization;

namespace Feeds.Benchmarks.Delivery;

/// <summary><c>feeds edition run</c> against Postfix's <c>smtp-source</c>: whole processes, same sink, same size.</summary>
internal static class ProcessRow
{
    private const int Connections = 4;
    private const string Slot = "2026-11-23T08:00:00+01:00";

    public static async Task RunAsync(WorkFolder work, Peers peers, Sink sink, int subscribers, int count)
    {
        await Tool.PublishFeedsAsync();
        await Readership.MakeAsync($"Data Source={work["feeds.db"]};Pooling=false", subscribers);
        await Tool.OutputAsync(work.Path, [.. Tool.Feeds, "edition", "preview", "weekly", "--at", Slot, "--out", work["digest.eml"], $"--Storage:ConnectionString=Data Source={work["feeds.db"]}"]);
        var size = new FileInfo(work["digest.eml"]).Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  w. {subscribers} messages of {size / 1024.0:0} KB over {Connections} connections: `feeds edition run` starts, renders the edition, freezes it, sends it and ends"));
        var rates = new Pairs("feeds", "smtp-source", "messages/s");
        var pair = 0;
        await rates.MeasureAsync(count, () => FeedsAsync(work, sink.Port, subscribers, pair++), () => peers.SmtpSourceAsync(sink.Port, Connections, subscribers, size));
        rates.Print("whole processes");
    }

    private static async Task<double> FeedsAsync(WorkFolder work, int port, int subscribers, int pair)
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
        return listed.Contains(string.Create(CultureInfo.InvariantCulture, $"{subscribers} accepted"), StringComparison.Ordinal)
            ? subscribers / run.Wall.TotalSeconds
            : throw new BenchmarkException($"Not all were accepted:\n{listed}");
    }
}
