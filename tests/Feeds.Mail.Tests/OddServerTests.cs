using System.Text;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>Servers that refuse to begin, dawdle, or don't do what they were asked. The judge is the server's own ledger.</summary>
public sealed class OddServerTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(20);

    private static readonly string[] Places = ["banner", "EHLO", "MAIL", "RCPT", "DATA", "dot"];
    private static readonly string[] Garbage = ["what?", "huge"];

    public static TheoryData<DatabaseProvider, string, string> EachGarbage() => Rows(
        from place in Places from answer in Garbage select (place, answer));

    public static TheoryData<DatabaseProvider, string, string> EachRefusalToBegin() => Rows(
        [("banner", "450 4.3.2 not now"), ("banner", "554 5.7.1 not you"), ("EHLO", "450 4.3.2 not now"), ("EHLO", "554 5.7.1 not you"), ("STARTTLS", "454 4.7.0 no TLS now"), ("STARTTLS", "554 5.7.4 no TLS")]);

    [SkippableTheory, Fault("4xx/5xx at banner, EHLO"), Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    [MemberData(nameof(EachRefusalToBegin))]
    public async Task A_server_that_refuses_to_begin_costs_nobody_an_attempt_and_is_not_hammered(DatabaseProvider provider, string place, string answer)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var secure = place is "STARTTLS";
        var script = new SmtpScript { StartTls = secure };
        Action refuse = place switch
        {
            "banner" => () => script.Banner = answer,
            "EHLO" => () => script.Ehlo = answer,
            _ => () => script.StartTlsRefusal = answer,
        };
        refuse();
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Security", secure ? "StartTls" : "None"));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 3));

        for (var second = 0; second < 60; second++)
        {
            await room.Loop.TickAsync(default);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        // At 0, 1, 3, 7, 15 and 31 seconds.
        Assert.Equal(6, server.Connections);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal((DeliveryState.Pending, 0), (delivery.State, delivery.Attempts)));
        Assert.Single(room.Log.Warnings);
        Assert.Contains(answer[..3], room.Log.Warnings[0], StringComparison.Ordinal);
        (script.Banner, script.Ehlo, script.StartTlsRefusal) = ("220 test.invalid ESMTP", null, null);
        await room.TickLaterAsync(clock, PastBackOff);
        Assert.Equal(3, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 3);
    }

    [SkippableTheory, Fault("Malformed/multiline/huge reply, no enhanced code")]
    [MemberData(nameof(EachGarbage))]
    public async Task What_is_no_answer_is_bounded_at_any_place_and_everybody_gets_theirs_in_the_end(DatabaseProvider provider, string place, string answer)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var garbage = string.Equals(answer, "huge", StringComparison.Ordinal) ? new string('x', 100_000) : answer;
        var script = new SmtpScript();
        await using var server = ScriptedSmtpServer.Start(script);
        var second = SmtpScript.Once<string>(address => address.StartsWith("reader2@", StringComparison.Ordinal) || address.StartsWith("news@", StringComparison.Ordinal) ? garbage : null);
        Action spoil = place switch
        {
            "banner" => () => script.Banner = garbage,
            "EHLO" => () => script.Ehlo = garbage,
            "MAIL" => () => script.Mail = second,
            "RCPT" => () => script.Rcpt = second,
            "DATA" => () => script.Data = second,
            _ => () => script.Dot = second,
        };
        spoil();
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 3));

        await room.Loop.TickAsync(default);
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
        (script.Banner, script.Ehlo) = ("220 test.invalid ESMTP", null);
        for (var later = 0; later < 3; later++)
        {
            await room.TickLaterAsync(clock, PastBackOff);
        }

        Assert.Equal(3, (await room.CountAsync("weekly")).Accepted);
        // Only after a message's end does it leave a doubt.
        Assert.Equal(string.Equals(place, "dot", StringComparison.Ordinal) ? 1 : 0, (await room.DeliveriesAsync()).Sum(delivery => delivery.Doubts));
        Assert.All(await room.AttemptsAsync(), attempt => Assert.True(attempt.ReplyText is null or { Length: <= 500 }));
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);
    }

    [DatabaseTheory, EachDatabase, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task A_last_answer_that_takes_nine_minutes_and_then_comes_a_byte_a_second_is_waited_for(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = MailRoom.Clock();
        var script = new SmtpScript();
        script.BeforeAnswer = _ =>
        {
            clock.Advance(TimeSpan.FromMinutes(9));
            script.BeforeByte = () => clock.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        };
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        await room.Loop.TickAsync(default);

        Assert.Equal(1, (await room.CountAsync("weekly")).Accepted);
        Assert.InRange(clock.GetUtcNow() - Mailings.Date, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(25));
        await room.AssertLedgersAgreeAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task A_last_answer_that_comes_a_byte_a_minute_is_given_up_after_25_minutes_as_uncertain(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = MailRoom.Clock();
        var script = new SmtpScript { Taken = _ => "250 " + new string('x', 40) };
        script.BeforeAnswer = _ =>
        {
            script.BeforeByte = () => clock.Advance(TimeSpan.FromMinutes(1));
            return Task.CompletedTask;
        };
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        await room.Loop.TickAsync(default);

        Assert.Equal(1, (await room.CountAsync("weekly")).Uncertain);
        await room.AssertLedgersAgreeAsync(server, "weekly", 1);
    }

    [Fact, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task Each_answer_may_take_the_ten_minutes_that_the_protocol_gives_it()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);

        await using var connection = (SmtpConnection)(await room.Get<Relays>().All[0].Carrier.OpenAsync(default)).Connection!;

        Assert.Equal(TimeSpan.FromSeconds(600), connection.PatienceWithAnswers);
    }

    [SkippableTheory, Fault("RSET skipped")]
    [InlineData(DatabaseProvider.Sqlite, null)]
    [InlineData(DatabaseProvider.PostgreSql, null)]
    [InlineData(DatabaseProvider.Sqlite, "500 5.5.1 what is that")]
    [InlineData(DatabaseProvider.PostgreSql, "500 5.5.1 what is that")]
    [InlineData(DatabaseProvider.Sqlite, "hm")]
    [InlineData(DatabaseProvider.PostgreSql, "hm")]
    [InlineData(DatabaseProvider.Sqlite, "421 4.3.0 that was enough")]
    [InlineData(DatabaseProvider.PostgreSql, "421 4.3.0 that was enough")]
    public async Task After_a_refusal_the_next_message_is_whole_and_to_its_own_recipient_whatever_the_server_makes_of_a_reset(DatabaseProvider provider, string? reset)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rset = reset,
            Rcpt = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null,
            Data = SmtpScript.Once<string>(address => address.StartsWith("reader3@", StringComparison.Ordinal) ? "451 4.3.0 later" : null),
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        await room.Loop.TickAsync(default);
        for (var later = 0; later < 3; later++)
        {
            await room.TickLaterAsync(clock, PastBackOff);
        }

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 1, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(["reader2@example.org", "reader3@example.org", "reader4@example.org", "reader5@example.org"], server.Ledger.Recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(server.Ledger.Messages, message => Assert.Contains($"https://example.org/unsubscribe/{message.To[6]}>", Encoding.UTF8.GetString(message.Bytes.Span), StringComparison.Ordinal));
        await room.AssertLedgersAgreeAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase, Fault("SMTPUTF8 address, server without it")]
    public async Task A_domain_in_its_own_letters_is_asked_for_by_its_ascii_name(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        await room.AddAsync(Mailings.Edition("weekly", [Mailings.Recipient("weekly", 1, MailAddressSyntax.Normalize("name@Café.example", out _)!)]));

        await room.Loop.TickAsync(default);

        Assert.Contains(server.Commands, command => command.StartsWith("RCPT TO:<name@xn--caf-dma.example>", StringComparison.Ordinal));
        Assert.All(server.Commands, command => Assert.True(command.All(char.IsAscii)));
        await room.AssertLedgersAgreeAsync(server, "weekly", 1);
    }

    [SkippableTheory, Fault("Clock jump ±1 h")]
    [InlineData(DatabaseProvider.Sqlite, 1)]
    [InlineData(DatabaseProvider.PostgreSql, 1)]
    [InlineData(DatabaseProvider.Sqlite, -1)]
    [InlineData(DatabaseProvider.PostgreSql, -1)]
    public async Task A_clock_that_jumps_an_hour_amid_a_message_takes_no_claim_away_and_nobody_is_written_to_twice(DatabaseProvider provider, int hours)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var answer = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? answer.HoldAsync() : Task.CompletedTask });
        var clock = new JumpingClock(MailRoom.Clock().GetUtcNow());
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await using var other = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 4));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await answer.Reached;

        for (var jump = 0; jump < 2; jump++)
        {
            clock.Jump(TimeSpan.FromHours(hours));
            await other.Loop.TickAsync(default);
            Assert.Equal(1, (await other.CountAsync("weekly")).InFlight);
        }

        answer.Release();
        await sending;
        // What was due by the old time is due again when that time has come again.
        await room.TickLaterAsync(clock, TimeSpan.FromHours(2));

        Assert.Equal(4, (await other.CountAsync("weekly")).Accepted);
        Assert.Equal(4, server.Ledger.Messages.Count);
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal((1, 0), (delivery.Claims, delivery.Doubts)));
        await room.AssertLedgersAgreeAsync(server, "weekly", 4);
    }

    private static TheoryData<DatabaseProvider, string, string> Rows(IEnumerable<(string First, string Second)> cases)
    {
        var rows = new TheoryData<DatabaseProvider, string, string>();
        foreach (var (first, second) in cases)
        {
            rows.Add(DatabaseProvider.Sqlite, first, second);
            rows.Add(DatabaseProvider.PostgreSql, first, second);
        }

        return rows;
    }
}
