using System.Globalization;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>Several servers: who takes what, and who takes over.</summary>
public sealed class RelayTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(6);

    [DatabaseTheory, EachDatabase]
    public async Task Relays_share_by_weight_and_a_person_stays_with_one(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var large = ScriptedSmtpServer.Start();
        await using var small = ScriptedSmtpServer.Start();
        await using var standing = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(database, large, small, standing, ("Mail:Relays:0:Weight", "3"), ("Mail:Relays:2:Weight", "0"));

        await room.AddAsync(Mailings.Edition("weekly", 400));
        await room.AddAsync(Mailings.Edition("daily", 400));
        await room.Loop.TickAsync(default);

        Assert.InRange(large.Ledger.Messages.Count, 520, 680);
        Assert.Equal(800, large.Ledger.Messages.Count + small.Ledger.Messages.Count);
        Assert.Empty(standing.Ledger.Messages);
        Assert.All(large.Ledger.Recipients.CountBy(address => address, StringComparer.Ordinal), person => Assert.Equal(2, person.Value));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Others_take_over_from_a_relay_that_is_down_and_a_stand_by_only_from_all(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var first = ScriptedSmtpServer.Start(new SmtpScript { Banner = "421 4.3.2 closing" });
        await using var second = ScriptedSmtpServer.Start();
        await using var standing = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using var room = await OpenAsync(database, clock, first, second, standing, ("Mail:Relays:2:Weight", "0"));

        await room.AddAsync(Mailings.Edition("weekly", 60));
        await room.Loop.TickAsync(default);
        await room.Loop.TickAsync(default);
        Assert.Equal(60, second.Ledger.Messages.Count);
        Assert.Empty(standing.Ledger.Messages);

        second.Script.Banner = "421 4.3.2 closing";
        await room.AddAsync(Mailings.Edition("daily", 60));
        await room.TickLaterAsync(clock, PastBackOff);
        await room.Loop.TickAsync(default);

        Assert.Equal(60, standing.Ledger.Messages.Count);
        Assert.Equal(new DeliveryCounts(0, 0, 60, 0, 0, 0, 0), await room.CountAsync("daily"));
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal(1, delivery.Attempts));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Routes_go_by_newsletter_and_by_domain(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var first = ScriptedSmtpServer.Start();
        await using var second = ScriptedSmtpServer.Start();
        await using var third = ScriptedSmtpServer.Start();
        await using var room = await OpenAsync(
            database, first, second, third,
            ("Mail:Routes:0:Newsletter", "weekly"), ("Mail:Routes:0:Domains:0", "other.example"), ("Mail:Routes:0:Relays:0", "second"),
            ("Mail:Routes:1:Newsletter", "weekly"), ("Mail:Routes:1:Relays:0", "first"),
            ("Mail:Routes:2:Relays:0", "third"));
        string[] addresses = ["a@example.org", "b@other.example", "c@OTHER.example".ToLowerInvariant()];

        await room.AddAsync(Mailings.Edition("one", [.. addresses.Select((address, number) => Mailings.Recipient("one", number + 1, address))]));
        await room.AddAsync(Mailings.Edition("two", [.. addresses.Select((address, number) => Mailings.Recipient("two", number + 1, address))]) with { ListId = new ListId("Autre", "daily.example.org") });
        await room.Loop.TickAsync(default);

        Assert.Equal(["a@example.org"], first.Ledger.Recipients, StringComparer.Ordinal);
        Assert.Equal(["b@other.example", "c@other.example"], second.Ledger.Recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(3, third.Ledger.Messages.Count);
    }

    [DatabaseTheory, EachDatabase, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task A_relay_that_does_not_answer_holds_up_neither_the_others_nor_who_comes_later(DatabaseProvider provider)
    {
        var answer = new PausedAnswer();
        await HoldsUpNobodyAsync(provider, answer, new SmtpScript { BeforeAnswer = _ => answer.HoldAsync() });
    }

    [DatabaseTheory, EachDatabase, Fault("Tarpit, 1 byte/s, 9-min final reply")]
    public async Task A_relay_that_does_not_greet_holds_up_neither_the_others_nor_who_comes_later(DatabaseProvider provider)
    {
        var greeting = new PausedAnswer();
        await HoldsUpNobodyAsync(provider, greeting, new SmtpScript { BeforeGreeting = greeting.HoldAsync });
    }

    [DatabaseTheory, EachDatabase, Fault("DB restart mid-transaction; lost COMMIT reply")]
    public async Task A_connection_whose_outcome_cannot_be_written_ends_no_tick_under_another_that_has_a_message_in_flight(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var (first, second) = (new PausedAnswer(), new PausedAnswer());
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "reader1@example.org" ? first.HoldAsync() : second.HoldAsync() });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "2"));
        await room.AddAsync(Mailings.Edition("weekly", 2));
        var tick = Task.Run(() => room.Loop.TickAsync(default));
        await Task.WhenAll(first.Reached, second.Reached);

        await room.RenameAsync("attempt", "attempt_away");
        second.Release();
        await Eventually.TrueAsync(() => server.Commands.Contains("QUIT", StringComparer.Ordinal), () => "the second connection ends");
        // The lease of a tick that is over is renewed no more.
        for (var renewals = 1; renewals <= 3; renewals++)
        {
            clock.Advance(SenderLease.RenewEvery);
            await Eventually.TrueAsync(async () => await room.RenewalsAsync() >= renewals, () => "the lease is kept for the first connection's message");
        }

        Assert.False(tick.IsCompleted);
        await room.RenameAsync("attempt_away", "attempt");
        first.Release();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => tick);
        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(2, server.Ledger.Messages.Count);
        await room.AssertOverAsync(server, "weekly", 2);
    }

    [DatabaseTheory, EachDatabase, Fault("421 anywhere")]
    public async Task A_server_that_asks_to_be_spared_gets_fewer_connections_until_it_takes_messages_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var spare = SmtpScript.Once<string>(address => address.StartsWith("reader1@", StringComparison.Ordinal) || address.StartsWith("reader2@", StringComparison.Ordinal) ? "451 4.7.1 slow down" : null);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Rcpt = spare });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port);
        var relay = room.Get<Relays>().All[0];
        await room.AddAsync(Mailings.Edition("weekly", 2));
        await room.Loop.TickAsync(default);
        Assert.Equal(1, relay.Allowed);

        await room.AddAsync(Mailings.Edition("daily", [.. Enumerable.Range(11, 3 * Relay.MessagesPerStep).Select(number => Mailings.Recipient("daily", number))]));
        await room.Loop.TickAsync(default);

        Assert.Equal(4, relay.Allowed);
        Assert.Equal(3 * Relay.MessagesPerStep, (await room.CountAsync("daily")).Accepted);
        await room.AssertLedgersAgreeAsync(server, "weekly", 2);
    }

    [Theory]
    [InlineData("Mail:Relays:1:Name", "first", "Mail:Relays:1:Name")]
    [InlineData("Mail:Relays:0:Weight", "101", "Mail:Relays:0:Weight")]
    [InlineData("Mail:Relays:1:MessagesPerMinute", "0", "Mail:Relays:1:MessagesPerMinute")]
    [InlineData("Mail:Relays:1:WarmUp:FirstDay", "10", "Mail:Relays:1:WarmUp")]
    [InlineData("Mail:Routes:0:Relays:0", "fourth", "fourth")]
    [InlineData("Mail:Routes:0:Newsletter", "weekly", "Mail:Routes:0:Relays")]
    [InlineData("Mail:Domains:0:Names:0", "gmail.com", "Mail:Domains:0 limits nothing")]
    [InlineData("Mail:Domains:0:MessagesPerDay", "5", "Mail:Domains:0:Names")]
    [InlineData("Mail:Domains:0:Names:0", "exämple.org", "xn--")]
    [InlineData("Mail:Smtp:Host", "localhost", "Mail:Smtp:Host")]
    public async Task A_wrong_relay_is_refused_by_its_key(string key, string value, string named)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();

        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(async () =>
        {
            await using var room = await OpenAsync(database, server, server, server, (key, value));
            await room.Loop.TickAsync(default);
        });

        Assert.Contains(refused.Failures, failure => failure.Contains(named, StringComparison.Ordinal));
    }

    /// <summary>One of three relays stands still where that answer is held back; it is let go on in the end.</summary>
    private static async Task HoldsUpNobodyAsync(DatabaseProvider provider, PausedAnswer answer, SmtpScript standingStill)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var stuck = ScriptedSmtpServer.Start(standingStill);
        await using var quick = ScriptedSmtpServer.Start();
        await using var third = ScriptedSmtpServer.Start();
        // The machine's clock: one that a test moves on outruns a busy machine, and with it how long a lease and a server's answer have.
        await using var room = await OpenAsync(
            database, TimeProvider.System, stuck, quick, third, ("Mail:Routes:0:Domains:0", "stuck.example"), ("Mail:Routes:0:Relays:0", "first"), ("Mail:Routes:1:Relays:0", "second"));
        await room.AddAsync(Mailings.Edition("weekly", [.. Enumerable.Range(1, 20).Select(number => Mailings.Recipient("weekly", number, $"r{number}@{(number < 11 ? "stuck" : "quick")}.example"))]));

        var tick = Task.Run(() => room.Loop.TickAsync(default));
        try
        {
            await answer.Reached;
            await Eventually.TrueAsync(() => quick.Ledger.Messages.Count == 10, () => "the others get theirs");
            // So that who took them has nothing left, and would be gone if it didn't stay for who comes later.
            await Eventually.TrueAsync(() => quick.Open == 0, () => "the others' connections end");
            await room.AddAsync(Mailings.Edition("daily", [Mailings.Recipient("daily", 1, "late@quick.example")]));
            await Eventually.TrueAsync(() => quick.Ledger.Messages.Count == 11, () => "who comes later is served");
            Assert.False(tick.IsCompleted);
        }
        finally
        {
            answer.Release();
        }

        await tick;
        Assert.Equal(10, stuck.Ledger.Messages.Count);
        await room.AssertLedgersAgreeAsync([stuck, quick, third], "weekly", 20, isOver: true);
    }

    private static Task<MailRoom> OpenAsync(TestDatabase database, ScriptedSmtpServer first, ScriptedSmtpServer second, ScriptedSmtpServer third, params (string Key, string? Value)[] settings) =>
        OpenAsync(database, MailRoom.Clock(), first, second, third, settings);

    private static Task<MailRoom> OpenAsync(
        TestDatabase database, TimeProvider clock, ScriptedSmtpServer first, ScriptedSmtpServer second, ScriptedSmtpServer third, params (string Key, string? Value)[] settings) =>
        MailRoom.OpenAsync(
            database,
            clock,
            [
                ("Mail:Mode", "live"),
                ("Mail:From", "news@example.org"),
                .. new (string Name, ScriptedSmtpServer Server)[] { ("first", first), ("second", second), ("third", third) }.SelectMany((relay, number) => new (string, string?)[]
                {
                    ($"Mail:Relays:{number}:Name", relay.Name),
                    ($"Mail:Relays:{number}:Host", "localhost"),
                    ($"Mail:Relays:{number}:Port", relay.Server.Port.ToString(CultureInfo.InvariantCulture)),
                    ($"Mail:Relays:{number}:Security", "None"),
                }),
                .. settings,
            ]);
}
