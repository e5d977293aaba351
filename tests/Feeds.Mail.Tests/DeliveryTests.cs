using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>What becomes of deliveries by what the server answers.</summary>
public sealed class DeliveryTests
{
    private static readonly TimeSpan PastFirstRefusal = TimeSpan.FromMinutes(16);

    [DatabaseTheory, EachDatabase]
    public async Task Everybody_is_written_to_once_over_no_more_connections_than_allowed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 250));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 250, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(250, server.Ledger.Recipients.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(250, server.Ledger.Messages.Count);
        Assert.InRange(server.MostOpen, 1, 4);
        Assert.All(await room.AttemptsAsync(), attempt =>
        {
            Assert.Equal(("accepted", 250, "2.0.0"), (attempt.Outcome, attempt.ReplyCode, attempt.EnhancedCode));
            Assert.StartsWith("2.0.0 taken as", attempt.ReplyText, StringComparison.Ordinal);
            Assert.Equal($"localhost:{server.Port}", attempt.Relay);
        });
        await room.AssertLedgersAgreeAsync(server, "weekly", 250);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_arrives_is_what_the_composer_shows(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        var mailing = Mailings.Edition("weekly", 1);
        await room.AddAsync(mailing);

        await room.Loop.TickAsync(default);

        using var shown = new MemoryStream();
        await room.Get<MessageComposer>().WriteAsync(mailing, mailing.Parts[0].Content, mailing.Parts[0].Recipients[0], shown, default);
        var arrived = Assert.Single(server.Ledger.Messages);
        Assert.Equal(shown.ToArray(), arrived.Bytes.ToArray());
        Assert.Equal(("news@example.org", "reader1@example.org", "weekly.1@example.org"), (arrived.From, arrived.To, arrived.MessageId));
    }

    [DatabaseTheory, EachDatabase, Fault("4xx RCPT (greylist)"), Fault("4xx DATA / after dot")]
    public async Task A_temporary_refusal_is_tried_again_after_a_while_with_the_same_message(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript
        {
            Rcpt = SmtpScript.Once<string>(address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "450 4.2.0 greylisted" : null),
            Dot = SmtpScript.Once<string>(address => address.StartsWith("reader2@", StringComparison.Ordinal) ? "451 4.3.0 try later" : null),
            Data = SmtpScript.Once<string>(address => address.StartsWith("reader3@", StringComparison.Ordinal) ? "452 4.3.1 no room" : null),
        };
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 4));

        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 3, 0, 0, 0), await room.CountAsync("weekly"));
        await room.TickLaterAsync(clock, TimeSpan.FromMinutes(4));
        Assert.Equal(3, (await room.CountAsync("weekly")).Deferred);
        await room.TickLaterAsync(clock, PastFirstRefusal);

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 0, 0, 0), await room.CountAsync("weekly"));
        var refused = (await room.AttemptsAsync()).Where(attempt => string.Equals(attempt.Outcome, "deferred", StringComparison.Ordinal)).Select(attempt => (attempt.ReplyCode, attempt.EnhancedCode, attempt.ReplyText));
        Assert.Equal([(450, "4.2.0", "4.2.0 greylisted"), (451, "4.3.0", "4.3.0 try later"), (452, "4.3.1", "4.3.1 no room")], refused.OrderBy(refusal => refusal.ReplyCode));
        // Who asks for it again gets the same one.
        var twice = server.Read.Where(message => message.To is "reader2@example.org").Select(message => message.MessageId);
        Assert.Equal(["weekly.2@example.org", "weekly.2@example.org"], twice, StringComparer.Ordinal);
        await room.AssertOverAsync(server, "weekly", 4);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_temporary_refusal_for_three_days_is_the_end(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = _ => "450 4.2.2 full" });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 1));

        for (var hours = 0; hours <= 70; hours += 5)
        {
            await room.Loop.TickAsync(default);
            Assert.Equal(1, (await room.CountAsync("weekly")).Deferred);
            clock.Advance(TimeSpan.FromHours(5));
        }

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 1, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("RSET skipped")]
    public async Task A_permanent_refusal_fails_that_recipient_and_the_next_message_is_clean(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript
        {
            Rcpt = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null,
            Dot = address => address.StartsWith("reader2@", StringComparison.Ordinal) ? "554 refused without an enhanced code" : null,
        };
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 4));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 2, 0, 0), await room.CountAsync("weekly"));
        var attempts = await room.AttemptsAsync();
        Assert.Equal((550, "5.1.1"), (attempts[0].ReplyCode, attempts[0].EnhancedCode));
        Assert.Equal((554, null), (attempts[1].ReplyCode, attempts[1].EnhancedCode));
        Assert.Equal(["reader3@example.org", "reader4@example.org"], server.Ledger.Recipients, StringComparer.Ordinal);
        Assert.Equal(1, server.Connections);
        Assert.DoesNotContain("@example.org", room.Log.Text, StringComparison.Ordinal);
        await room.AssertOverAsync(server, "weekly", 4);
    }

    [DatabaseTheory, EachDatabase, Fault("Unsubscribe, bounce, erasure mid-send")]
    public async Task Who_leaves_before_the_claim_gets_nothing_and_what_is_in_flight_goes_out(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new SmtpScript
        {
            BeforeAnswer = _ =>
            {
                reached.TrySetResult();
                return goOn.Task;
            },
        };
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3));

        var tick = room.Loop.TickAsync(default);
        await reached.Task;
        Assert.Equal(new DeliveryCounts(2, 1, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(0, await room.SuppressAsync("1"));
        Assert.Equal(1, await room.SuppressAsync("2"));
        goOn.SetResult();
        await tick;

        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 1, 0), await room.CountAsync("weekly"));
        Assert.Equal(["reader1@example.org", "reader3@example.org"], server.Ledger.Recipients, StringComparer.Ordinal);
        await room.AssertOverAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase, Fault("Unsubscribe, bounce, erasure mid-send")]
    public async Task Who_leaves_while_a_mail_is_in_flight_is_not_written_to_when_it_comes_back(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new SmtpScript
        {
            BeforeAnswer = _ =>
            {
                reached.TrySetResult();
                return goOn.Task;
            },
            Fault = SmtpScript.Once<SmtpFault?>(_ => SmtpFault.DropAfterDotKeeping),
        };
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        var tick = room.Loop.TickAsync(default);
        await reached.Task;
        Assert.Equal(0, await room.SuppressAsync("1"));
        goOn.SetResult();
        await tick;
        await room.TickLaterAsync(clock, TimeSpan.FromMinutes(10));

        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 1, 0) { PossiblyTwice = 1 }, await room.CountAsync("weekly"));
        Assert.Single(server.Ledger.Messages);
        await room.AssertOverAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("SIGTERM")]
    public async Task Stopping_finishes_what_is_in_flight_and_claims_no_more(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var stop = new CancellationTokenSource();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = _ => stop.CancelAsync() });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3));

        await room.Loop.TickAsync(stop.Token);

        Assert.Equal(new DeliveryCounts(2, 0, 1, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Contains("QUIT", server.Commands, StringComparer.Ordinal);
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase, Fault("Two nodes start together; SIGSTOP > lease then CONT")]
    public async Task Two_processes_share_an_edition_and_nobody_is_written_to_twice(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var one = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await using var other = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await one.AddAsync(Mailings.Edition("weekly", 300));

        await Task.WhenAll(Task.Run(() => one.Loop.TickAsync(default)), Task.Run(() => other.Loop.TickAsync(default)));

        Assert.Equal(new DeliveryCounts(0, 0, 300, 0, 0, 0, 0), await one.CountAsync("weekly"));
        Assert.Equal(300, server.Ledger.Messages.Count);
        await one.AssertOverAsync(server, "weekly", 300);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Delivering_one_mailing_waits_to_its_end_and_leaves_others_alone(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, TimeProvider.System, server.Port);
        await room.AddAsync(Mailings.Edition("weekly", 20));
        await room.AddAsync(Mailings.Edition("daily", 5));
        var seen = new List<DeliveryCounts>();

        await room.Loop.DeliverAsync("weekly", seen.Add, default);

        Assert.Equal(new DeliveryCounts(0, 0, 20, 0, 0, 0, 0), seen[^1]);
        Assert.All(seen, counts => Assert.Equal(20, counts.Total));
        Assert.Equal(5, (await room.CountAsync("daily")).Pending);
        await Assert.ThrowsAsync<ArgumentException>(() => room.Loop.DeliverAsync("none", _ => { }, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_waits_for_a_confirmation_is_served_before_an_edition(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 5));
        await room.AddAsync(Mailings.Edition("confirm", [Mailings.Recipient("confirm", 9, "new@example.org") with { UnsubscribeUrl = null }]) with { ListId = null });

        await room.Loop.TickAsync(default);

        Assert.Equal("new@example.org", server.Ledger.Recipients[0]);
        Assert.Equal(6, server.Ledger.Recipients.Count);
    }

    [DatabaseTheory, EachDatabase, Fault("SMTPUTF8 address, server without it")]
    public async Task A_name_beyond_ascii_fails_alone_where_the_server_does_not_know_them(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", [Mailings.Recipient("weekly", 1, "élodie@example.org"), Mailings.Recipient("weekly", 2, "name@xn--caf-dma.example")]));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 1, 0, 0), await room.CountAsync("weekly"));
        Assert.Contains("SMTPUTF8", (await room.AttemptsAsync()).Single(attempt => string.Equals(attempt.Outcome, "failed", StringComparison.Ordinal)).ReplyText, StringComparison.Ordinal);

        server.Script.Extensions = [.. server.Script.Extensions, "SMTPUTF8"];
        await room.AddAsync(Mailings.Edition("daily", [Mailings.Recipient("daily", 1, "élodie@example.org")]));
        await room.Loop.TickAsync(default);
        Assert.Equal("élodie@example.org", server.Ledger.Recipients[^1]);
        await room.AssertOverAsync(server, "daily", 1);
    }
}
