using System.Collections.Concurrent;
using System.Data;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Data.Sqlite;

namespace Feeds.Delivery.Tests;

/// <summary>A process that is told to end, and one that stands still for longer than its lease and goes on.</summary>
public sealed class StopTests
{
    [DatabaseTheory, EachDatabase, Fault("SIGTERM")]
    public async Task A_terminated_server_claims_no_more_finishes_what_is_in_flight_and_ends_with_0(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        await using var relay = ScriptedSmtpServer.Start();
        relay.Script.BeforeAnswer = _ => relay.Ledger.Messages.Count >= 5 ? pause.HoldAsync() : Task.CompletedTask;
        await using var prepared = await PreparedEdition.CreateAsync(database.ConnectionString, 40);
        var edition = await prepared.FreezeAsync();
        await using var site = edition.Serve(folder, relay.Port, 2);
        await site.StartedAsync();
        await pause.Reached.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count == 6, () => $"both connections have a message in flight\n{site.Printed}");

        await site.Program.SignalAsync("TERM");
        await Eventually.TrueAsync(async () => await site.AskAsync("/health/live") is null, () => $"its pages are closed\n{site.Printed}");
        Assert.False(site.Program.HasEnded);
        pause.Release();
        Assert.Equal(0, await site.Program.WaitForEndAsync());

        Assert.Equal(6, relay.Ledger.Messages.Count);
        Assert.Equal(new Dictionary<string, int>(StringComparer.Ordinal) { ["accepted"] = 6, ["pending"] = 34 }, await edition.CountAsync());
        Assert.Empty(await edition.InFlightAsync());
        await using var next = edition.Serve(folder, relay.Port, 2);
        await edition.DoneAsync(() => next.Printed);
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync(relay));
        Assert.Empty(await edition.NamedAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("Two nodes start together; SIGSTOP > lease then CONT")]
    public async Task A_process_stopped_past_its_lease_and_continued_finishes_nothing_that_another_has_taken_over(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var prepared = await PreparedEdition.CreateAsync(database.ConnectionString, 30);
        var edition = await prepared.FreezeAsync();
        // Of its two connections one waits for the answer to its last byte, the other for the one to RCPT.
        var answer = new PausedAnswer();
        var before = new PausedAnswer();
        var asked = new ConcurrentQueue<string>();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = _ => answer.HoldAsync(),
            Rcpt = address =>
            {
                asked.Enqueue(address);
                if (asked.Count == 2)
                {
                    // Its own thread: it isn't asked for asynchronously.
                    before.HoldAsync().Wait(TimeSpan.FromMinutes(5));
                }

                return null;
            },
        });
        await using var stopped = edition.Serve(folder, relay.Port, 2);
        await Task.WhenAll(answer.Reached, before.Reached).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        var (escaping, unfinished) = (asked.First(), asked.Last());
        await StopBetweenWritesAsync(stopped.Program, database);

        relay.Script.BeforeAnswer = _ => Task.CompletedTask;
        relay.Script.Rcpt = _ => null;
        await using var heir = edition.Serve(folder, relay.Port, 2);
        await edition.DoneAsync(() => heir.Printed);
        Assert.Equal(new[] { escaping, unfinished }.Order(StringComparer.Ordinal), (await edition.NamedAsync()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(31, relay.Ledger.Messages.Count);
        await Eventually.TrueAsync(() => relay.Open == 2, () => "only the stopped one's connections are open");

        answer.Release();
        before.Release();
        await stopped.Program.SignalAsync("CONT");
        await Eventually.TrueAsync(() => relay.Open == 0, () => $"the stopped one has let its connections go\n{stopped.Printed}");
        Assert.Equal(0, await stopped.Program.TerminateAsync());

        // What it had handed over before it stopped escaped: the one message of that connection, and it is named.
        Assert.Equal(1, await edition.AssertLedgersAgreeAsync(relay, stopped.Printed + heir.Printed));
        Assert.Equal(2, relay.Ledger.Recipients.Count(to => string.Equals(to, escaping, StringComparison.Ordinal)));
        Assert.Equal(1, relay.Ledger.Recipients.Count(to => string.Equals(to, unfinished, StringComparison.Ordinal)));
        Assert.Equal(31, relay.Ledger.Messages.Count);
        // Its late outcomes were refused: either would have taken the doubt away.
        Assert.Equal(2, (await edition.NamedAsync()).Count);
    }

    /// <summary>Who stands still amid a write holds up all others of a SQLite file, lease or not; that is not what is shown here.</summary>
    private static async Task StopBetweenWritesAsync(ProgramProcess program, TestDatabase database)
    {
        await program.SignalAsync("STOP");
        while (database.Provider == DatabaseProvider.Sqlite && !await IsFreeAsync(database.ConnectionString))
        {
            await program.SignalAsync("CONT");
            await program.SignalAsync("STOP");
        }
    }

    private static async Task<bool> IsFreeAsync(string connectionString)
    {
        await using var connection = new SqliteConnection($"{connectionString};Default Timeout=1");
        await connection.OpenAsync();
        try
        {
            await using var writing = await connection.BeginTransactionAsync(IsolationLevel.Serializable);
            return true;
        }
        catch (SqliteException locked) when (locked.SqliteErrorCode is 5 or 6)
        {
            return false;
        }
    }
}
