using System.Globalization;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>When newsletters wait for the end of the night, judged by what the server got when.</summary>
public sealed class QuietHoursTests
{
    private static readonly (string Key, string? Value)[] Night =
    [
        ("Mail:QuietHours:From", "22:00"), ("Mail:QuietHours:To", "07:00"), ("Mail:QuietHours:TimeZone", "Europe/Paris"),
    ];

    private static readonly IReadOnlyList<string> Zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => QuietHours.FindZone(id) is not null).Order(StringComparer.Ordinal)];

    // Written down from the zones' laws, so that the program's zone data has no say in what is right: offset in minutes, from when.
    private static readonly (string Zone, (string From, int Minutes)[] Offsets)[] Zones2026 =
    [
        ("Europe/Paris", [("2025-12-01T00:00Z", 60), ("2026-03-29T01:00Z", 120), ("2026-10-25T01:00Z", 60)]),
        ("America/New_York", [("2025-12-01T00:00Z", -300), ("2026-03-08T07:00Z", -240), ("2026-11-01T06:00Z", -300)]),
        ("Australia/Lord_Howe", [("2025-12-01T00:00Z", 660), ("2026-04-04T15:00Z", 630), ("2026-10-03T15:30Z", 660)]),
        ("America/Santiago", [("2025-12-01T00:00Z", -180), ("2026-04-05T03:00Z", -240), ("2026-09-06T04:00Z", -180)]),
        ("Asia/Kathmandu", [("2025-12-01T00:00Z", 345)]),
    ];

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_that_is_due_at_night_waits_for_the_morning_while_a_confirmation_goes(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = At("2026-11-23T21:00Z");
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Night);
        await room.AddAsync(Mailings.Edition("weekly", 5));
        await room.AddAsync(Mailings.Edition("confirm", [Mailings.Recipient("confirm", 9, "new@example.org") with { UnsubscribeUrl = null }]) with { ListId = null });

        await room.Loop.TickAsync(default);
        await room.TickLaterAsync(clock, new TimeSpan(8, 59, 59));
        Assert.Equal(["new@example.org"], server.Ledger.Recipients);
        Assert.Equal("07:00 (Europe/Paris)", room.Get<QuietHours>().Until);

        await room.TickLaterAsync(clock, TimeSpan.FromSeconds(1));
        Assert.Null(room.Get<QuietHours>().Until);
        Assert.Equal(new DeliveryCounts(0, 0, 5, 0, 0, 0, 0), await room.CountAsync("weekly"));
        await room.AssertLedgersAgreeAsync(server, "weekly", 5);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_is_left_of_an_edition_when_the_night_begins_waits_also_in_the_middle_of_a_tick(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = At("2026-11-23T20:59:59Z");
        var taken = 0;
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Taken = _ =>
            {
                if (Interlocked.Increment(ref taken) == 3)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }

                return null;
            },
        });
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, [("Mail:Smtp:Connections", "1"), .. Night]);
        await room.AddAsync(Mailings.Edition("weekly", 10));

        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(7, 0, 3, 0, 0, 0, 0), await room.CountAsync("weekly"));

        await room.TickLaterAsync(clock, TimeSpan.FromHours(9));
        Assert.Equal(new DeliveryCounts(0, 0, 10, 0, 0, 0, 0), await room.CountAsync("weekly"));
        await room.AssertLedgersAgreeAsync(server, "weekly", 10);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_retry_waits_and_one_that_grows_too_old_at_night_is_made_in_the_morning(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript { Rcpt = _ => "450 4.2.2 full" };
        await using var server = ScriptedSmtpServer.Start(script);
        // The three days after which a delivery is given up end at one o'clock at night.
        var clock = At("2026-11-23T00:00Z");
        await using (var lateAtWork = await SmtpRoom.OpenAsync(database, clock, server.Port))
        {
            await lateAtWork.AddAsync(Mailings.Edition("weekly", 2));
            await lateAtWork.Loop.TickAsync(default);
        }

        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Night);
        for (var hour = 1; hour <= 72; hour++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromHours(1));
        }

        await room.TickLaterAsync(clock, TimeSpan.FromHours(5.9));
        Assert.Equal(new DeliveryCounts(0, 0, 0, 2, 0, 0, 0), await room.CountAsync("weekly"));
        var nights = (await room.AttemptsAsync()).Skip(2).Select(attempt => attempt.StartedAt.AddHours(1).Hour).ToList();
        Assert.All(nights, hour => Assert.InRange(hour, 7, 21));

        script.Rcpt = address => address.StartsWith("reader1@", StringComparison.Ordinal) ? "450 4.2.2 full" : null;
        await room.TickLaterAsync(clock, TimeSpan.FromHours(0.1));
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 1, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_was_never_tried_does_not_expire_however_long_it_is_quiet(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript { Rcpt = _ => "450 4.2.2 full" };
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = At("2026-11-23T12:00Z");
        // No tick falls into the one minute of the day that is left.
        await using var room = await SmtpRoom.OpenAsync(
            database, clock, server.Port, ("Mail:QuietHours:From", "00:00"), ("Mail:QuietHours:To", "23:59"), ("Mail:QuietHours:TimeZone", "Etc/UTC"));
        await room.AddAsync(Mailings.Edition("weekly", 1));
        for (var hour = 0; hour < 5 * 24; hour++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromHours(1));
        }

        Assert.Equal(new DeliveryCounts(1, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        clock.SetUtcNow(Instant("2026-11-28T23:59Z"));
        await room.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 0, 1, 0, 0, 0), await room.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_worker_takes_up_by_itself_what_waited_for_the_end(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = At("2026-11-24T05:59:50Z");
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Night);
        await room.AddAsync(Mailings.Edition("weekly", 3));
        var worker = Assert.Single(room.Get<IEnumerable<IHostedService>>().OfType<MailWorker>());
        await worker.StartAsync(default);

        await Eventually.TrueAsync(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return (await room.CountAsync("weekly")).Accepted == 3;
            },
            () => "the edition after the quiet hours");
        await worker.StopAsync(default);

        Assert.All(await room.AttemptsAsync(), attempt => Assert.True(attempt.StartedAt >= Instant("2026-11-24T06:00Z")));
        Assert.Empty(room.Log.Warnings);
    }

    [Property(MaxTest = 20)]
    public void At_every_instant_of_a_year_they_hold_exactly_while_the_clocks_on_the_wall_say_so(DoNotSize<byte> zoneAt, DoNotSize<ushort> begin, DoNotSize<ushort> length, bool aroundTheChange)
    {
        var (zone, offsets) = Zones2026[zoneAt.Item % Zones2026.Length];
        var first = begin.Item % (aroundTheChange ? 240 : 1440);
        var (from, to) = (Wall(first), Wall(first + 1 + (length.Item % (aroundTheChange ? 120 : 1439))));
        var quiet = Hours(from, to, zone);
        var changes = offsets.Select(offset => (At: Instant(offset.From), offset.Minutes)).ToList();

        // Where an hour comes twice, the furthest that the clocks have shown counts.
        var furthest = DateTime.MinValue;
        for (var instant = Instant("2026-01-01T00:00Z"); instant < Instant("2027-01-01T00:00Z");)
        {
            var wall = instant.AddMinutes(changes.Last(change => change.At <= instant).Minutes).UtcDateTime;
            furthest = wall > furthest ? wall : furthest;
            var shown = furthest.ToString("HH:mm", CultureInfo.InvariantCulture);
            var (begun, over) = (string.CompareOrdinal(shown, from) >= 0, string.CompareOrdinal(shown, to) >= 0);
            var expected = string.CompareOrdinal(from, to) < 0 ? begun && !over : begun || !over;
            Assert.True(expected == quiet.Hold(instant), $"{from}–{to} {zone} at {instant:u}, {wall:HH:mm} on the wall");
            instant = instant.AddMinutes(changes.Exists(change => (change.At - instant).Duration() < TimeSpan.FromHours(5)) ? 1 : 17);
        }
    }

    [Property(MaxTest = 2000)]
    public void In_every_zone_they_end_within_twenty_five_hours_at_an_instant_that_is_not_quiet(DoNotSize<ushort> zoneAt, DoNotSize<ushort> begin, DoNotSize<ushort> length, DoNotSize<uint> minute)
    {
        var zone = Zones[zoneAt.Item % Zones.Count];
        // Clocks skip up to two hours: those that leave less of a day may leave nothing of one.
        var first = begin.Item % 1440;
        var (from, to) = (Wall(first), Wall(first + 1 + (length.Item % 1319)));
        var quiet = Hours(from, to, zone);
        var instant = Instant("2020-01-01T00:00Z").AddSeconds(61.0 * (minute.Item % (16 * 365 * 1440)));

        if (quiet.OpeningAfter(instant) is { } opening)
        {
            Assert.True(quiet.Hold(instant) && !quiet.Hold(opening) && quiet.Hold(opening.AddTicks(-1)), $"{from}–{to} {zone} at {instant:u}: {opening:u}");
            Assert.InRange(opening - instant, TimeSpan.FromTicks(1), TimeSpan.FromHours(25));
        }
        else
        {
            Assert.False(quiet.Hold(instant));
        }
    }

    [Theory]
    [InlineData("22:00", "07:00", "2026-11-23T21:00Z", "2026-11-24T06:00Z")]
    [InlineData("22:00", "02:30", "2026-03-29T00:59:59Z", "2026-03-29T01:00Z")]
    [InlineData("02:30", "06:00", "2026-03-29T01:00Z", "2026-03-29T04:00Z")]
    [InlineData("02:15", "02:45", "2026-03-28T01:15Z", "2026-03-28T01:45Z")]
    [InlineData("03:00", "02:00", "2026-03-28T12:00Z", "2026-03-30T00:00Z")]
    [InlineData("22:00", "07:00", "2026-10-24T20:00Z", "2026-10-25T06:00Z")]
    [InlineData("22:00", "02:30", "2026-10-25T00:29:59Z", "2026-10-25T00:30Z")]
    [InlineData("02:30", "06:00", "2026-10-25T00:30Z", "2026-10-25T05:00Z")]
    [InlineData("00:00", "23:59", "2026-11-23T22:58:59Z", "2026-11-23T22:59Z")]
    public void They_end_with_the_gap_that_swallows_their_end_and_at_the_first_of_two_times_on_the_wall(string from, string to, string within, string over) =>
        Assert.Equal(Instant(over), Hours(from, to, "Europe/Paris").OpeningAfter(Instant(within)));

    [Theory]
    [InlineData("22:00", "02:30", "2026-10-25T01:15Z")]
    [InlineData("02:15", "02:45", "2026-10-25T01:30Z")]
    [InlineData("02:15", "02:45", "2026-03-29T01:00Z")]
    public void An_hour_that_the_clocks_show_again_or_skip_is_not_quiet_for_that(string from, string to, string instant) =>
        Assert.False(Hours(from, to, "Europe/Paris").Hold(Instant(instant)));

    [Fact]
    public void Nothing_is_quiet_that_nobody_asked_to_be() =>
        Assert.Null(new QuietHours(Options.Create(new MailOptions()), At("2026-11-23T01:00Z")).Until);

    [Theory]
    [InlineData("Mail:QuietHours:From", "", "07:00", "Europe/Paris")]
    [InlineData("Mail:QuietHours:From", "22", "07:00", "Europe/Paris")]
    [InlineData("Mail:QuietHours:To", "22:00", "", "Europe/Paris")]
    [InlineData("Mail:QuietHours:To", "22:00", "24:00", "Europe/Paris")]
    [InlineData("Mail:QuietHours:To", "22:00", "7:00", "Europe/Paris")]
    [InlineData("Mail:QuietHours:To", "07:00", "07:00", "Europe/Paris")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "Europe/Pari")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "right/Europe/Paris")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "Romance Standard Time")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "../zoneinfo/Europe/Paris")]
    [InlineData("Mail:QuietHours:TimeZone", "22:00", "07:00", "Europe/Paris\r\nx")]
    public void Hours_that_are_none_are_refused_with_their_key_and_a_mend(string key, string from, string to, string zone)
    {
        var failure = Assert.Single(new MailOptionsRules().Validate(null, Mail(from, to, zone)).Failures!);

        Assert.StartsWith($"{key} ", failure, StringComparison.Ordinal);
        Assert.EndsWith(".", failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure);
    }

    [Fact]
    public void Hours_that_span_midnight_or_do_not_are_fine()
    {
        Assert.True(new MailOptionsRules().Validate(null, Mail("22:00", "07:00", "Europe/Paris")).Succeeded);
        Assert.True(new MailOptionsRules().Validate(null, Mail("12:00", "14:00", "UTC")).Succeeded);
    }

    private static MailOptions Mail(string from, string to, string zone) => new() { QuietHours = new QuietHoursOptions { From = from, To = to, TimeZone = zone } };

    private static QuietHours Hours(string from, string to, string zone) => new(Options.Create(Mail(from, to, zone)), TimeProvider.System);

    private static FakeTimeProvider At(string instant) => new(Instant(instant));

    private static DateTimeOffset Instant(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private static string Wall(int minutes) => TimeOnly.MinValue.AddMinutes(minutes).ToString("HH:mm", CultureInfo.InvariantCulture);
}
