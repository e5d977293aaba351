using System.Collections.Concurrent;
using Feeds.Testing.Smtp;

namespace Feeds.Delivery.Tests;

/// <summary>A process that can't reach its database any more, while another can.</summary>
public sealed class PartitionTests
{
    private const int Audience = 30;

    /// <summary>Nothing stands between a program and its SQLite file; where all that it asks of it fails, Feeds.Mail.Tests show the same on both.</summary>
    [SkippableFact, Fault("Node–DB partition")]
    public async Task A_process_cut_off_from_its_database_finishes_no_message_after_its_lease_and_another_takes_over()
    {
        Lacking.SkipOrFail(PostgresServer.Lacking);
        using var folder = new TestFolder();
        var server = await PostgresServer.SharedAsync();
        var connectionString = await server.NewDatabaseAsync();
        await using var network = new StallingProxy(server.Folder);
        await using var prepared = await PreparedEdition.CreateAsync(connectionString, Audience);
        var edition = await prepared.FreezeAsync();
        // Both its connections wait for the answer to RCPT when the network falls silent.
        var pause = new PausedAnswer();
        var asked = new ConcurrentQueue<string>();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address =>
            {
                asked.Enqueue(address);
                // Its own thread: it isn't asked for asynchronously.
                pause.HoldAsync().Wait(TimeSpan.FromMinutes(5));
                return null;
            },
        });
        // Its patience with the database is short only to keep the test so: the lease is what counts.
        var cutOff = $"{connectionString.Replace(server.Folder, network.Folder, StringComparison.Ordinal)};Timeout=5;Command Timeout=5";
        await using var alone = edition.Serve(folder, relay.Port, 2, $"--Storage:ConnectionString={cutOff}");
        await alone.StartedAsync();
        await Eventually.TrueAsync(() => asked.Count == 2, () => $"both connections have a message in flight\n{alone.Printed}");

        network.Stall();
        relay.Script.Rcpt = _ => null;
        await using var heir = edition.Serve(folder, relay.Port, 2);
        await edition.DoneAsync(() => heir.Printed);
        Assert.Equal(Audience, relay.Ledger.Messages.Count);
        await Eventually.TrueAsync(() => relay.Open == 2, () => "only the cut-off one's connections are open");

        // The server goes on before the network does: the cut-off process has to know by itself that its time is over.
        pause.Release();
        await Eventually.TrueAsync(() => relay.Open == 0, () => $"the cut-off one has let its connections go\n{alone.Printed}", TimeSpan.FromMinutes(2));
        Assert.Equal(Audience, relay.Ledger.Messages.Count);

        network.Flow();
        await Eventually.TrueAsync(async () => await alone.AskAsync("/health/ready") is System.Net.HttpStatusCode.OK, () => $"it is ready again\n{alone.Printed}", TimeSpan.FromMinutes(1));
        Assert.Equal(0, await alone.Program.TerminateAsync());
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync(relay, alone.Printed + heir.Printed));
        Assert.Equal(asked.Take(2).Order(StringComparer.Ordinal), (await edition.NamedAsync()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }
}
