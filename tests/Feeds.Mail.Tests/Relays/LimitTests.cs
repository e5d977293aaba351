using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>Limits of relays and of recipients' domains, judged by when the server got what.</summary>
public sealed class LimitTests
{
    private static readonly (string Key, string? Value)[] ThirtyAMinute =
    [
        ("Mail:Domains:0:Names:0", "slow.example"), ("Mail:Domains:0:Names:1", "slower.example"), ("Mail:Domains:0:MessagesPerMinute", "30"),
    ];

    [DatabaseTheory, EachDatabase]
    public async Task Thirty_a_minute_to_one_domain_hold_across_a_restart_and_two_processes_while_others_run_at_full_speed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using var one = await SmtpRoom.OpenAsync(database, clock, server.Port, ThirtyAMinute);
        var other = await SmtpRoom.OpenAsync(database, clock, server.Port, ThirtyAMinute);
        // The slow ones are first in line.
        await one.AddAsync(Mailings.Edition("weekly", [
            .. Enumerable.Range(1, 200).Select(number => Mailings.Recipient("weekly", number, $"reader{number}@{(number % 2 == 0 ? "slow" : "slower")}.example")),
            .. Enumerable.Range(201, 100).Select(number => Mailings.Recipient("weekly", number))]));
        List<int> slowBySecond = [];

        for (var second = 0; second < 180; second++)
        {
            if (second == 90)
            {
                await other.DisposeAsync();
                other = await SmtpRoom.OpenAsync(database, clock, server.Port, ThirtyAMinute);
            }

            await Task.WhenAll(Task.Run(() => one.Loop.TickAsync(default)), Task.Run(() => other.Loop.TickAsync(default)));
            if (second == 0)
            {
                Assert.Equal(100, server.Ledger.Recipients.Count(address => address.EndsWith("@example.org", StringComparison.Ordinal)));
            }

            slowBySecond.Add(server.Ledger.Recipients.Count(address => !address.EndsWith("@example.org", StringComparison.Ordinal)) - slowBySecond.Sum());
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await other.DisposeAsync();
        var minutes = Enumerable.Range(0, 121).Select(start => slowBySecond.Skip(start).Take(60).Sum()).ToList();
        Assert.InRange(minutes.Min(), 29, 31);
        Assert.InRange(minutes.Max(), 29, 31);
        await one.AssertLedgersAgreeAsync(server, "weekly", 300);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_second_and_a_minute_hold_however_often_is_asked(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = MailRoom.Clock();
        await using var room = await MailRoom.OpenAsync(database, clock);
        var limits = LimitSets.Of(new SmtpOptions { Host = "relay.example", MessagesPerSecond = 10, MessagesPerMinute = 120 });
        var random = new Random(5);
        List<(TimeSpan At, int Messages)> sent = [];
        var begin = clock.GetUtcNow();

        while (clock.GetUtcNow() - begin < TimeSpan.FromMinutes(3))
        {
            var now = clock.GetUtcNow();
            var messages = await room.Database.WriteAsync(
                async transaction =>
                {
                    var allowed = await room.Get<SendingLimits>().AskAsync(transaction, limits, random.Next(1, 9), now);
                    await room.Get<SendingLimits>().SpendAsync(transaction, limits, allowed, now);
                    return allowed;
                },
                default);
            sent.Add((now - begin, messages));
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 700)));
        }

        int In(TimeSpan from, TimeSpan length) => sent.Where(one => one.At >= from && one.At < from + length).Sum(one => one.Messages);
        Assert.All(sent, one => Assert.InRange(In(one.At, TimeSpan.FromSeconds(1)), 0, 11));
        Assert.All(sent.TakeWhile(one => one.At < TimeSpan.FromMinutes(2)), one => Assert.InRange(In(one.At, TimeSpan.FromMinutes(1)), 90, 121));
    }

    [Fact]
    public async Task Who_waits_for_a_place_within_the_second_gets_it_and_can_be_stopped()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        using var stop = new CancellationTokenSource();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:MessagesPerSecond", "2"));
        await room.AddAsync(Mailings.Edition("weekly", 5));

        var tick = Task.Run(() => room.Loop.TickAsync(stop.Token));
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return server.Ledger.Messages.Count == 3;
            },
            () => "three places came");
        await stop.CancelAsync();
        await tick;

        Assert.InRange((await room.CountAsync("weekly")).Pending, 1, 2);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_day_limit_is_used_at_once_and_then_waits_for_the_hour_that_gives_room(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:MessagesPerDay", "20"));
        await room.AddAsync(Mailings.Edition("weekly", 50));

        await room.Loop.TickAsync(default);
        Assert.Equal(20, server.Ledger.Messages.Count);
        await room.TickLaterAsync(clock, TimeSpan.FromHours(23));
        Assert.Equal(20, server.Ledger.Messages.Count);
        await room.TickLaterAsync(clock, TimeSpan.FromHours(2));
        Assert.Equal(40, server.Ledger.Messages.Count);
        await room.TickLaterAsync(clock, TimeSpan.FromHours(25));
        Assert.Equal(new DeliveryCounts(0, 0, 50, 0, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_warm_up_grows_by_day(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var room = await SmtpRoom.OpenAsync(
            database, clock, server.Port,
            ("Mail:Smtp:WarmUp:Begins", "2026-11-23"), ("Mail:Smtp:WarmUp:FirstDay", "10"), ("Mail:Smtp:WarmUp:GrowthPercent", "100"), ("Mail:Smtp:MessagesPerDay", "30"));
        await room.AddAsync(Mailings.Edition("weekly", 200));
        List<int> days = [];

        for (var day = 0; day < 4; day++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                await room.Loop.TickAsync(default);
                clock.Advance(TimeSpan.FromHours(1));
            }

            days.Add(server.Ledger.Messages.Count - days.Sum());
        }

        Assert.Equal([10, 20, 30, 30], days);
    }

    [DatabaseTheory, EachDatabase, Fault("Clock jump ±1 h")]
    public async Task A_clock_that_was_hours_ahead_does_not_keep_a_domain_waiting_for_hours(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var ahead = new FakeTimeProvider(MailRoom.Clock().GetUtcNow().AddHours(5));
        await using (var wrong = await SmtpRoom.OpenAsync(database, ahead, server.Port, ThirtyAMinute))
        {
            await wrong.AddAsync(Mailings.Edition("weekly", [Mailings.Recipient("weekly", 1, "a@slow.example")]));
            await wrong.Loop.TickAsync(default);
        }

        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ThirtyAMinute);
        await room.AddAsync(Mailings.Edition("daily", [Mailings.Recipient("daily", 1, "a@slow.example"), Mailings.Recipient("daily", 2, "b@slow.example")]));
        for (var second = 0; second < 6; second++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, server.Ledger.Messages.Count);
        await room.AssertOverAsync(server, "daily", 2);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_domain_that_is_limited_after_the_edition_was_made_is_spared_all_the_same(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using (var before = await SmtpRoom.OpenAsync(database, clock, server.Port))
        {
            await before.AddAsync(Mailings.Edition("weekly", [.. Enumerable.Range(1, 20).Select(number => Mailings.Recipient("weekly", number, $"r{number}@{(number < 11 ? "slow.example" : "notslow.example")}"))]));
        }

        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ThirtyAMinute);
        await room.Loop.TickAsync(default);

        Assert.Equal(11, server.Ledger.Messages.Count);
    }
}
