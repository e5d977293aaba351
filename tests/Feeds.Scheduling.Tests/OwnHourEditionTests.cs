using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class OwnHourEditionTests
{
    // 06:00 in Paris, where the daily slot is at 07:30.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);
    private readonly MadeEditions made = new();

    [DatabaseTheory, EachDatabase]
    public async Task Whoever_chose_an_hour_gets_the_edition_at_it_and_the_others_at_the_usual_time(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock, make: made.Making);
        await host.ChooseAsync("Africa/Lagos", 7, Start);
        clock.Advance(TimeSpan.FromSeconds(1));
        await host.WaitsForAsync(Slot.AddHours(-0.5));

        clock.Advance(TimeSpan.FromHours(1));
        await host.HasEditionsAsync(Slot.AddHours(-0.5));
        await host.WaitsForAsync(Slot);
        clock.Advance(TimeSpan.FromHours(0.5));
        await host.HasEditionsAsync(Slot.AddHours(-0.5), Slot);
        await host.WaitsForAsync(Slot.AddDays(1).AddHours(-0.5));

        Assert.Equal("06:00 Africa/Lagos 7; 06:30 usual", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_start_within_the_grace_makes_each_missed_edition_for_its_own_people_oldest_first(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using (var before = await SchedulingHost.StartAsync(database, clock))
        {
            await before.ChooseAsync("Europe/London", 8, Start);
            await before.ChooseAsync("Europe/Athens", 9, Start);
            await before.ChooseAsync("Asia/Kathmandu", 13, Start);
        }

        clock.Advance(TimeSpan.FromHours(4));
        await using var host = await SchedulingHost.StartAsync(database, clock, make: made.Making);

        await host.HasEditionsAsync(Slot, Slot.AddHours(0.5), Slot.AddHours(0.75), Slot.AddHours(1.5));
        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.Equal("06:30 usual; 07:00 Europe/Athens 9; 07:15 Asia/Kathmandu 13; 08:00 Europe/London 8", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Hours_that_were_missed_longer_than_the_grace_are_told_of_in_one_line_and_keep_nobody_from_a_fresh_edition(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await PrepareAsync(database, clock, "0 30 7 * * ?", made.Making, ("UTC", 6), ("Africa/Lagos", 7), ("Europe/Athens", 10));
        var log = new LogBook();
        host.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        clock.Advance(Slot.AddHours(3) - Start);
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("08:00 Europe/Athens 10", made.Written);
        Assert.StartsWith("Cadence daily: 2 slot(s) from 2026-11-23T06:00:00.0000000+00:00 on were missed; they are too late", Assert.Single(log.Of(5002)), StringComparison.Ordinal);
        await host.Runner.RunAsync("daily", default);
        Assert.Single(log.Of(5002));
        Assert.Equal("08:00 Europe/Athens 10", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Many_places_on_one_instant_are_one_edition_for_all_of_them(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await PrepareAsync(database, clock, "0 0 8 ? * MON", made.Making, ("Africa/Lagos", 8), ("Europe/London", 7), ("America/New_York", 2), ("UTC", 8));

        clock.Advance(TimeSpan.FromHours(2));
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("07:00 usual, Africa/Lagos 8, America/New_York 2, Europe/London 7", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_stop_between_two_editions_leaves_the_second_due_and_the_first_made(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        using var stop = new CancellationTokenSource();
        made.Before = async edition =>
        {
            if (edition.Slot > Slot && !stop.IsCancellationRequested)
            {
                await stop.CancelAsync();
                stop.Token.ThrowIfCancellationRequested();
            }
        };
        await using var host = await PrepareAsync(database, clock, "0 30 7 * * ?", made.Making, ("Europe/London", 7), ("Europe/London", 8));

        clock.Advance(TimeSpan.FromHours(3.5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Runner.RunAsync("daily", stop.Token));
        Assert.Equal("06:30 usual", made.Written);
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("06:30 usual; 07:00 Europe/London 7; 08:00 Europe/London 8", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_that_fails_keeps_nobody_waiting_for_theirs_and_is_tried_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var fails = true;
        made.Before = edition => fails && edition.Slot == Slot ? throw new IOException("The disk is full.") : Task.CompletedTask;
        await using var host = await PrepareAsync(database, clock, "0 30 7 * * ?", made.Making, ("Europe/London", 7));

        clock.Advance(TimeSpan.FromHours(2.5));
        await Assert.ThrowsAsync<IOException>(() => host.Runner.RunAsync("daily", default));
        Assert.Equal("07:00 Europe/London 7", made.Written);
        fails = false;
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("07:00 Europe/London 7; 06:30 usual", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_hour_that_is_chosen_while_an_edition_is_being_made_is_promised_only_what_comes_after(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        SchedulingHost? choosing = null;
        made.Before = _ => choosing!.ChooseAsync("Europe/London", 7, clock.GetUtcNow());
        await using var host = await PrepareAsync(database, clock, "0 30 7 * * ?", made.Making, ("Europe/Athens", 9));
        choosing = host;

        clock.Advance(TimeSpan.FromHours(2.5));
        await host.Runner.RunAsync("daily", default);
        await host.Runner.RunAsync("daily", default);
        Assert.Equal("06:30 usual; 07:00 Europe/Athens 9", made.Written);
        clock.Advance(TimeSpan.FromDays(1));
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("06:30 usual; 07:00 Europe/Athens 9; 06:30 usual; 07:00 Europe/Athens 9, Europe/London 7", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_schedule_with_several_times_a_day_makes_its_editions_for_everybody_whatever_hour_they_chose(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await PrepareAsync(database, clock, "0 0 7,18 * * ?", made.Making, ("Europe/Athens", 9));

        clock.Advance(TimeSpan.FromHours(2.5));
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("06:00 everybody", made.Written);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Where_the_zone_data_lost_a_zone_the_cadences_zone_stands_in(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await PrepareAsync(database, clock, "0 30 7 * * ?", made.Making, ("Mars/Phobos", 8));

        clock.Advance(TimeSpan.FromHours(2));
        await host.Runner.RunAsync("daily", default);

        Assert.Equal("06:30 usual; 07:00 Mars/Phobos 8", made.Written);
    }

    private static async Task<SchedulingHost> PrepareAsync(
        TestDatabase database, FakeTimeProvider clock, string cron, Func<IServiceProvider, MakeEdition> make, params (string Zone, int Hour)[] hours)
    {
        var host = await SchedulingHost.PrepareAsync(database, clock, cron, make);
        var cadence = await host.Services.GetRequiredService<CadenceStore>().FindAsync("daily", default);
        await host.Services.GetRequiredService<ScheduleStore>().FollowAsync(cadence!, clock.GetUtcNow(), default);
        foreach (var (zone, hour) in hours)
        {
            await host.ChooseAsync(zone, hour, clock.GetUtcNow());
        }

        return host;
    }
}
