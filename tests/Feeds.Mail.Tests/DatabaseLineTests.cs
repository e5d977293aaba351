using System.Collections.Concurrent;
using System.Data.Common;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;
using Npgsql;

namespace Feeds.Mail.Tests;

/// <summary>A database that breaks off, is cut off or gives up for others' sake while mails go out. The judge is the server's own ledger.</summary>
public sealed class DatabaseLineTests
{
    private const int Audience = 30;

    [SkippableTheory, Fault("DB restart mid-transaction; lost COMMIT reply")]
    [InlineData(DatabaseProvider.Sqlite, nameof(LineFault.AnswerLost))]
    [InlineData(DatabaseProvider.PostgreSql, nameof(LineFault.AnswerLost))]
    [InlineData(DatabaseProvider.Sqlite, nameof(LineFault.Lost))]
    [InlineData(DatabaseProvider.PostgreSql, nameof(LineFault.Lost))]
    public async Task Commits_of_which_nobody_knows_whether_they_were_carried_out_lose_nobody_and_double_nothing(DatabaseProvider provider, string fault)
    {
        var commits = 0;
        var failed = await SendAsync(provider, what => what is DatabaseLine.Commit && Happens(ref commits, percent: 30) ? Enum.Parse<LineFault>(fault) : LineFault.None);

        Assert.True(failed >= 5, $"Only {failed} commits went wrong.");
    }

    [SkippableTheory, Fault("DB restart mid-transaction; lost COMMIT reply")]
    [InlineData(DatabaseProvider.Sqlite, nameof(LineFault.AnswerLost))]
    [InlineData(DatabaseProvider.PostgreSql, nameof(LineFault.AnswerLost))]
    [InlineData(DatabaseProvider.Sqlite, nameof(LineFault.Lost))]
    [InlineData(DatabaseProvider.PostgreSql, nameof(LineFault.Lost))]
    public async Task A_database_that_breaks_off_amid_transactions_loses_nobody_and_doubles_nothing(DatabaseProvider provider, string fault)
    {
        var asked = 0;
        var failed = await SendAsync(provider, _ => Happens(ref asked, percent: 3) ? Enum.Parse<LineFault>(fault) : LineFault.None);

        Assert.True(failed >= 5, $"It broke off {failed} times only.");
    }

    [DatabaseTheory, EachDatabase, Fault("SQLITE_BUSY")]
    public async Task A_transaction_that_is_given_up_for_others_sake_is_run_again_and_nobody_hears_of_it(DatabaseProvider provider)
    {
        var (asked, givenUp) = (0, 0);
        var failed = await SendAsync(provider, what =>
        {
            // Reading waits for nobody.
            if (!(what is "BEGIN" or DatabaseLine.Commit || what.StartsWith("UPDATE", StringComparison.Ordinal)) || !Happens(ref asked, percent: 15))
            {
                return LineFault.None;
            }

            Interlocked.Increment(ref givenUp);
            return LineFault.Busy;
        });

        Assert.Equal(0, failed);
        Assert.True(givenUp >= 5, $"It was busy {givenUp} times only.");
    }

    /// <summary>On SQLite there is none: whoever writes has the whole file, and who waits for it has nothing that another may wait for.</summary>
    [SkippableFact, Fault("SQLITE_BUSY")]
    public async Task A_deadlock_that_the_server_ends_at_our_cost_costs_nobody_a_mail_and_doubles_none()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        var answer = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "reader1@example.org" ? answer.HoldAsync() : Task.CompletedTask });
        await using var other = await SmtpRoom.OpenAsync(database, TimeProvider.System, server.Port);
        // Who waits looks once for a deadlock, after so long: by then the other has to wait too.
        await other.Database.WriteAsync(
            connection => connection.ExecuteAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''3s''', current_database()); END $$"), default);
        NpgsqlConnection.ClearAllPools();
        await using var room = await SmtpRoom.OpenAsync(database, TimeProvider.System, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await answer.Reached;

        // An outcome is an UPDATE of the one table and an INSERT into the other; here comes somebody the other way round.
        var deadlocks = 0;
        await other.Database.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync("SET LOCAL deadlock_timeout = '1min'");
                await connection.ExecuteAsync("LOCK TABLE attempt IN ACCESS EXCLUSIVE MODE");
                answer.Release();
                await Eventually.TrueAsync(
                    async () => await connection.ExecuteAsync<int>("SELECT count(*)::int FROM pg_locks WHERE relation = 'attempt'::regclass AND NOT granted") == 1, () => "the outcome waits for the table");
                await connection.ExecuteAsync("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE");
                deadlocks++;
            },
            default);
        await sending;

        Assert.Equal(1, deadlocks);
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(3, server.Ledger.Messages.Count);
        await room.AssertOverAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase, Fault("Node–DB partition")]
    public async Task A_process_cut_off_from_its_database_finishes_no_message_after_its_lease_and_another_takes_over(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var asked = new ConcurrentQueue<string>();
        using var pause = new ManualResetEventSlim();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address =>
            {
                asked.Enqueue(address);
                // Its own thread: it isn't asked for asynchronously.
                pause.Wait(TimeSpan.FromMinutes(1));
                return null;
            },
        });
        var clock = MailRoom.Clock();
        var line = new DatabaseLine();
        await using var alone = await SmtpRoom.OpenAsync(database, clock, server.Port, line, ("Mail:Smtp:Connections", "2"));
        await using var heir = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "2"));
        await alone.AddAsync(Mailings.Edition("weekly", Audience));
        var sending = Task.Run(() => alone.Loop.TickAsync(default));
        await Eventually.TrueAsync(() => asked.Count == 2, () => "both connections have a message in flight");

        line.Fault = _ => LineFault.Lost;
        server.Script.Rcpt = _ => null;
        await heir.Loop.TickAsync(default);
        Assert.Equal(Audience - 2, server.Ledger.Messages.Count);
        await heir.TickLaterAsync(clock, SenderLease.Duration);
        Assert.Equal(Audience, server.Ledger.Messages.Count);

        // The server goes on before the database does: the cut-off process has to know by itself that its time is over.
        pause.Set();
        await Assert.ThrowsAnyAsync<DbException>(() => sending);
        Assert.Equal(Audience, server.Ledger.Messages.Count);

        line.Fault = _ => LineFault.None;
        await alone.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, Audience, 0, 0, 0, 0) { PossiblyTwice = 2 }, await alone.CountAsync("weekly"));
        Assert.Equal(asked.Order(StringComparer.Ordinal), (await alone.DeliveriesAsync()).Where(row => row.Doubts > 0).Select(row => row.Address).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        await alone.AssertOverAsync(server, "weekly", Audience);
    }

    /// <summary>So often in a hundred, and always at the same ones; not in step with what a tick does.</summary>
    private static bool Happens(ref int asked, int percent) => (uint)Interlocked.Increment(ref asked) * 2654435761 / 4096 % 100 < percent;

    /// <summary>Sends over a line with that fault, tick by tick, until everybody is written to once. Nothing may go out that isn't claimed.</summary>
    /// <returns>How many ticks failed.</returns>
    private static async Task<int> SendAsync(DatabaseProvider provider, Func<string, LineFault> fault)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var witness = await MailRoom.OpenAsync(database, TimeProvider.System);
        var unclaimed = new ConcurrentQueue<string>();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = async address =>
            {
                if ((await witness.DeliveriesAsync()).Find(row => string.Equals(row.Address, address, StringComparison.Ordinal)) is not { State: DeliveryState.InFlight })
                {
                    unclaimed.Enqueue(address);
                }
            },
        });
        var line = new DatabaseLine();
        await using var room = await SmtpRoom.OpenAsync(database, TimeProvider.System, server.Port, line, ("Mail:Smtp:Connections", "2"));
        await room.AddAsync(Mailings.Edition("weekly", Audience));
        line.Fault = fault;

        var failed = 0;
        for (var tick = 0; (await witness.CountAsync("weekly")).Open > 0; tick++)
        {
            Assert.True(tick < 300, $"It doesn't come to an end: {await witness.CountAsync("weekly")}");
            try
            {
                await room.Loop.TickAsync(default);
            }
            catch (DbException)
            {
                failed++;
            }
        }

        await witness.AssertOverAsync(server, "weekly", Audience);
        Assert.Empty(unclaimed);
        // No process died, so nothing is in doubt either.
        Assert.Equal(new DeliveryCounts(0, 0, Audience, 0, 0, 0, 0), await witness.CountAsync("weekly"));
        Assert.Equal(Audience, server.Ledger.Messages.Count);
        return failed;
    }
}
