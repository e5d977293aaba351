using System.Globalization;

namespace Feeds.Benchmarks.Delivery;

/// <summary>How fast frozen mailings are sent, with the ledger: against other programs, and one way of ours against another.</summary>
internal static class DeliveryBenchmark
{
    public static async Task RunAsync(WorkFolder work, BenchmarkOptions options)
    {
        Tool.Need("smtp-sink", "smtp-source", "time", "openssl", "python3");
        await using var table = await DeliveryTable.PrepareAsync(work, options);
        foreach (var (letter, row) in new (char, Func<Task>)[]
        {
            ('w', table.WholeProcessesAsync), ('a', table.PlainAsync), ('b', table.LibrariesAsync), ('c', table.SignedAsync), ('d', table.SecuredAsync),
            ('e', table.LedgerAsync), ('f', table.SlowRelayAsync), ('g', table.ClientsAsync),
        })
        {
            if (options.Has(letter))
            {
                await row();
            }
        }
    }
}
