using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>Connections and processes that break. The judge is the server's own ledger.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(16);

    [DatabaseTheory, EachDatabase, Fault("Drop after dot")]
    public async Task An_answer_lost_after_the_last_byte_is_uncertain_sent_again_as_the_same_message_and_stays_named(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var keep = SmtpScript.Once<SmtpFault?>(address => address.StartsWith("reader2@", StringComparison.Ordinal) ? SmtpFault.DropAfterDotKeeping : null);
        var forget = SmtpScript.Once<SmtpFault?>(address => address.StartsWith("reader3@", StringComparison.Ordinal) ? SmtpFault.DropAfterDotForgetting : null);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Fault = address => keep(address) ?? forget(address), Rcpt = address => address.StartsWith("reader4@", StringComparison.Ordinal) ? "550 5.1.1 no" : null });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);
        await room.TickLaterAsync(clock, PastBackOff);

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 1, 0, 0) { PossiblyTwice = 2 }, await room.CountAsync("weekly"));
        Assert.Equal(["2", "3"], await room.Outbox.ListPossiblyTwiceAsync("weekly", default), StringComparer.Ordinal);
        var twice = server.Ledger.Messages.Where(message => message.To.StartsWith("reader2@", StringComparison.Ordinal)).ToList();
        Assert.Equal(["weekly.2@example.org", "weekly.2@example.org"], twice.Select(message => message.MessageId), StringComparer.Ordinal);
        Assert.Equal(2, (await room.AttemptsAsync()).Count(attempt => string.Equals(attempt.Outcome, "uncertain", StringComparison.Ordinal)));
        await room.AssertOverAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase, Fault("Drop after dot")]
    public async Task A_server_that_never_answers_the_last_byte_is_not_fed_the_same_mail_without_end(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Fault = _ => SmtpFault.DropAfterDotKeeping });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        for (var seconds = 0; seconds < 240; seconds++)
        {
            await room.Loop.TickAsync(default);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 0, 1) { PossiblyTwice = 1 }, await room.CountAsync("weekly"));
        Assert.Equal(2, server.Ledger.Messages.Count);
        await room.AssertLedgersAgreeAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("Drop mid-DATA")]
    public async Task A_connection_lost_amid_a_message_leaves_no_doubt_and_spends_no_attempt(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var drop = SmtpScript.Once<SmtpFault?>(address => address.StartsWith("reader2@", StringComparison.Ordinal) ? SmtpFault.DropInData : null);
        var dropEarly = SmtpScript.Once<SmtpFault?>(address => address.StartsWith("reader3@", StringComparison.Ordinal) ? SmtpFault.DropAtRcpt : null);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Fault = address => drop(address) ?? dropEarly(address) });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        // More than the sockets between us hold: what they hold, a client can't know to be undelivered.
        var large = Mailings.Content with { Text = Mailings.Content.Text + string.Concat(Enumerable.Repeat("une ligne de plus\n", 450_000)) };
        var edition = Mailings.Edition("weekly", 4);
        var recipients = edition.Parts[0].Recipients;
        await room.AddAsync(edition with { Parts = [new MailingPart(Mailings.Content, [recipients[0]]), new MailingPart(large, [recipients[1]]), new MailingPart(Mailings.Content, [recipients[2], recipients[3]])] });

        await room.Loop.TickAsync(default);
        Assert.DoesNotContain("reader2@example.org", server.Ledger.Recipients, StringComparer.Ordinal);
        await room.TickLaterAsync(clock, PastBackOff);
        await room.TickLaterAsync(clock, PastBackOff);

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(4, server.Ledger.Messages.Count);
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal(1, delivery.Attempts));
        await room.AssertOverAsync(server, "weekly", 4);
    }

    [DatabaseTheory, EachDatabase, Fault("Connect refused, DNS fail")]
    public async Task A_server_that_is_not_there_costs_nobody_an_attempt_and_is_told_once(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var port = await UnusedPortAsync();
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, port);
        await room.AddAsync(Mailings.Edition("weekly", 10));

        for (var tick = 0; tick < 5; tick++)
        {
            await room.Loop.TickAsync(default);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(new DeliveryCounts(10, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal((0, 0), (delivery.Attempts, delivery.Claims)));
        var told = Assert.Single(room.Log.Warnings);
        Assert.Contains("Mail:Smtp:Host localhost", told, StringComparison.Ordinal);
        Assert.Contains("refused", told, StringComparison.Ordinal);

        await using var server = ScriptedSmtpServer.Start(port: port);
        await room.TickLaterAsync(clock, PastBackOff);
        Assert.Equal(10, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 10);
    }

    [DatabaseTheory, EachDatabase, Fault("4xx/5xx MAIL FROM")]
    public async Task A_refused_sender_is_our_trouble_and_no_recipients(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Mail = _ => "550 5.7.1 not for news@example.org" });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(5, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Contains(room.Log.Warnings, told => told.Contains("Mail:From", StringComparison.Ordinal));
        Assert.DoesNotContain("news@example.org", room.Log.Text, StringComparison.Ordinal);
        server.Script.Mail = _ => null;
        await room.TickLaterAsync(clock, PastBackOff);
        Assert.Equal(5, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase, Fault("421 anywhere")]
    public async Task A_server_that_ends_connections_early_gets_everything_over_new_ones(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { MessagesPerConnection = 3 });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "2"));
        await room.AddAsync(Mailings.Edition("weekly", 20));

        await room.Loop.TickAsync(default);
        while ((await room.CountAsync("weekly")).Open > 0)
        {
            await room.TickLaterAsync(clock, PastBackOff);
        }

        Assert.Equal(20, server.Ledger.Messages.Count);
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal(1, delivery.Attempts));
        await room.AssertOverAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase, Fault("kill -9 anywhere")]
    public async Task What_a_dead_process_left_in_flight_is_named_and_sent_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hang = SmtpScript.Once<Task>(_ =>
        {
            reached.TrySetResult();
            return goOn.Task;
        });
        var first = 0;
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => Interlocked.Exchange(ref first, 1) == 0 ? hang(address)! : Task.CompletedTask });
        // Its clock stands still, so it renews nothing: for everybody else it is dead.
        await using var dead = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await dead.AddAsync(Mailings.Edition("weekly", 3));
        var stuck = Task.Run(() => dead.Loop.TickAsync(default));
        await reached.Task;

        var clock = MailRoom.Clock();
        await using var heir = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await heir.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 1, 2, 0, 0, 0, 0), await heir.CountAsync("weekly"));
        await heir.TickLaterAsync(clock, PastLease);

        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0) { PossiblyTwice = 1 }, await heir.CountAsync("weekly"));
        Assert.Equal(["1"], await heir.Outbox.ListPossiblyTwiceAsync("weekly", default), StringComparer.Ordinal);
        Assert.Equal(2, server.Ledger.Recipients.Count(address => address.StartsWith("reader1@", StringComparison.Ordinal)));

        // It was only asleep. Its answer comes late and changes nothing for a delivery that was taken over.
        goOn.SetResult();
        await stuck;
        Assert.Equal(new DeliveryCounts(0, 0, 3, 0, 0, 0, 0) { PossiblyTwice = 1 }, await heir.CountAsync("weekly"));
        await heir.AssertOverAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_answer_that_comes_before_the_second_sending_takes_the_doubt_away(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = _ =>
            {
                reached.TrySetResult();
                return goOn.Task;
            },
        });
        await using var slow = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await slow.AddAsync(Mailings.Edition("weekly", 1));
        var stuck = Task.Run(() => slow.Loop.TickAsync(default));
        await reached.Task;
        var clock = MailRoom.Clock();
        await using var heir = await SmtpRoom.OpenAsync(database, clock, await UnusedPortAsync());
        await heir.Loop.TickAsync(default);
        await heir.TickLaterAsync(clock, PastLease);
        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 0, 1) { PossiblyTwice = 1 }, await heir.CountAsync("weekly"));

        goOn.SetResult();
        await stuck;

        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0), await heir.CountAsync("weekly"));
        Assert.Single(server.Ledger.Messages);
        await heir.AssertOverAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task A_process_that_keeps_renewing_is_left_its_claims_however_long_an_answer_takes(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = _ =>
            {
                reached.TrySetResult();
                return goOn.Task;
            },
        });
        var clock = MailRoom.Clock();
        await using var slow = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await using var other = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await slow.AddAsync(Mailings.Edition("weekly", 1));
        var sending = Task.Run(() => slow.Loop.TickAsync(default));
        await reached.Task;

        for (var renewals = 1; renewals <= 12; renewals++)
        {
            clock.Advance(SenderLease.RenewEvery);
            while (await slow.RenewalsAsync() < renewals)
            {
                await Task.Yield();
            }

            await other.Loop.TickAsync(default);
        }

        Assert.Equal(new DeliveryCounts(0, 1, 0, 0, 0, 0, 0), await other.CountAsync("weekly"));
        goOn.SetResult();
        await sending;
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0), await other.CountAsync("weekly"));
        Assert.Single(server.Ledger.Messages);
        await other.AssertOverAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("Two nodes start together; SIGSTOP > lease then CONT")]
    public async Task A_process_whose_claim_was_taken_over_stops_before_the_last_byte(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        var mailing = Mailings.Edition("weekly", 1);
        var opening = await room.Get<Relays>().All[0].Carrier.OpenAsync(default);
        await using var connection = opening.Connection!;
        using var message = room.Get<MessageComposer>().Compose(mailing, EncodedContent.Encode(mailing.Parts[0].Content), mailing.Parts[0].Recipients[0], leaveBy: null);

        var outcome = await connection.SendAsync(new OutgoingMail(message, "news@example.org", "reader1@example.org", "weekly.1@example.org", () => Task.FromResult(false)));

        Assert.Equal(OutcomeKind.Untouched, outcome.Kind);
        Assert.Contains("DATA", server.Commands, StringComparer.Ordinal);
        Assert.Empty(server.Ledger.Messages);
        Assert.False(connection.IsUsable);
    }

    private static async Task<int> UnusedPortAsync()
    {
        await using var server = ScriptedSmtpServer.Start();
        return server.Port;
    }
}
