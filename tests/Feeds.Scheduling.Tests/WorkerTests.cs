using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class WorkerTests
{
    // 06:00 in Paris, an hour and a half before the daily slot.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);

    [DatabaseTheory, EachDatabase]
    public async Task A_slot_makes_its_edition_when_its_time_comes_and_the_next_one_its_own(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);

        clock.Advance(Slot - Start);
        await host.HasEditionsAsync(Slot);
        await host.WaitsForAsync(Slot.AddDays(1));
        clock.Advance(TimeSpan.FromDays(1));
        await host.HasEditionsAsync(Slot, Slot.AddDays(1));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_changed_schedule_takes_force_at_once_and_sends_no_slot_of_the_past(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);

        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(Cron: "0 45 5,8 * * ?"), default));

        await host.WaitsForAsync(Start.AddHours(2.75));
        clock.Advance(TimeSpan.FromHours(2.75));
        await host.HasEditionsAsync(Start.AddHours(2.75));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_change_by_another_process_takes_force_without_a_restart(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);
        await using var command = await SchedulingHost.PrepareAsync(database, clock);

        Assert.Null(await command.Book.ChangeAsync("daily", new ScheduleChange(Zone: "Asia/Tokyo", Cron: "0 0 15 * * ?"), default));
        clock.Advance(TimeSpan.FromSeconds(1));

        await host.WaitsForAsync(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_paused_cadence_makes_no_edition_and_resuming_sends_no_slot_of_the_pause(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);

        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(Paused: true), default));
        Assert.Empty(Assert.Single(await host.Book.ListAsync(default)).NextRuns);
        clock.Advance(TimeSpan.FromHours(2));
        await host.Runner.RunAsync("daily", default);
        Assert.Null(await host.Book.ChangeAsync("daily", new ScheduleChange(Paused: false), default));

        await host.WaitsForAsync(Slot.AddDays(1));
        clock.Advance(Slot.AddDays(1) - clock.GetUtcNow());
        await host.HasEditionsAsync(Slot.AddDays(1));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_start_within_the_grace_sends_the_latest_missed_slot_and_only_that(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using (await SchedulingHost.StartAsync(database, clock, "0 0 * * * ?"))
        {
        }

        clock.Advance(TimeSpan.FromHours(7.5));
        await using var host = await SchedulingHost.StartAsync(database, clock);

        await host.HasEditionsAsync(Start.AddHours(7));
        await host.WaitsForAsync(Start.AddHours(8));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_start_after_the_grace_waits_for_the_next_slot(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using (await SchedulingHost.StartAsync(database, clock))
        {
        }

        clock.Advance(Slot - Start + MisfireRule.Grace);
        await using var host = await SchedulingHost.StartAsync(database, clock);

        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.Empty(await host.SlotsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_new_cadence_sends_no_slot_from_before_its_first_start(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Slot.AddMinutes(1));
        await using var host = await SchedulingHost.StartAsync(database, clock);

        await host.Runner.RunAsync("daily", default);

        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.Empty(await host.SlotsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_that_fails_is_tried_again_until_it_is_made(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var tries = 0;
        await using var host = await SchedulingHost.StartAsync(database, clock, make: services => (cadence, slot, cancellationToken) =>
            Interlocked.Increment(ref tries) < 3
                ? throw new IOException("The disk is full.")
                : services.GetRequiredService<Editions>().MakeAsync(cadence, slot, cancellationToken));

        clock.Advance(Slot - Start);
        await BecomesAsync(() => tries, 1, clock);
        await BecomesAsync(() => tries, 2, clock);
        await BecomesAsync(() => tries, 3, clock);

        await host.HasEditionsAsync(Slot);
        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.True(clock.GetUtcNow() - Slot < TimeSpan.FromMinutes(30), $"{clock.GetUtcNow():O}");
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_that_never_succeeds_is_given_up_when_the_grace_is_over(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var tries = 0;
        await using var host = await SchedulingHost.StartAsync(database, clock, make: _ => (_, _, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new IOException("The disk is full.");
        });

        clock.Advance(Slot - Start);
        await BecomesAsync(() => tries, 1, clock);
        clock.Advance(MisfireRule.Grace);

        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.Equal(1, tries);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_crash_between_an_edition_and_its_record_makes_no_second_one(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var results = new List<EditionResult?>();
        await using var host = await SchedulingHost.PrepareAsync(database, clock, make: services => async (cadence, slot, cancellationToken) =>
        {
            results.Add(await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, cancellationToken));
            return results.Count == 1 ? throw new IOException("The power is gone.") : results[^1];
        });
        var cadence = await host.Services.GetRequiredService<CadenceStore>().FindAsync("daily", default);
        await host.Services.GetRequiredService<ScheduleStore>().FollowAsync(cadence!, Start, default);
        clock.Advance(Slot - Start);

        await Assert.ThrowsAsync<IOException>(() => host.Runner.RunAsync("daily", default));
        await host.Runner.RunAsync("daily", default);
        await host.Runner.RunAsync("daily", default);

        Assert.Equal([true, false], results.Select(result => result!.MadeNow));
        Assert.Equal([Slot], await host.SlotsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_night_without_the_slots_hour_has_its_edition_once_at_the_first_valid_instant(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 28, 20, 0, 0, TimeSpan.Zero));
        var gap = new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero);
        await using var host = await SchedulingHost.StartAsync(database, clock, "0 30 2 * * ?");

        clock.Advance(TimeSpan.FromHours(5));
        await host.HasEditionsAsync(gap);
        await host.WaitsForAsync(new DateTimeOffset(2026, 3, 30, 0, 30, 0, TimeSpan.Zero));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_clock_that_is_set_back_sends_no_slot_twice(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);
        clock.Advance(Slot - Start);
        await host.HasEditionsAsync(Slot);
        await host.WaitsForAsync(Slot.AddDays(1));

        clock.AdjustTime(Slot.AddHours(-1));
        clock.Advance(TimeSpan.FromHours(1));
        await host.Runner.RunAsync("daily", default);

        Assert.Equal([Slot], await host.SlotsAsync());
        await host.WaitsForAsync(Slot.AddDays(1));
    }

    [SkippableFact]
    public async Task Two_processes_on_one_PostgreSQL_make_one_edition_of_a_slot_and_both_go_on()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        var clock = new FakeTimeProvider(Start);
        var made = 0;
        Func<IServiceProvider, MakeEdition> make = services => async (cadence, slot, cancellationToken) =>
        {
            var result = await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, cancellationToken);
            Interlocked.Add(ref made, result!.MadeNow ? 1 : 0);
            return result;
        };
        await using var one = await SchedulingHost.StartAsync(database, clock, make: make);
        await using var other = await SchedulingHost.StartAsync(database, clock, make: make);

        for (var day = 0; day < 3; day++)
        {
            clock.Advance(Slot.AddDays(day) - clock.GetUtcNow());
            await Task.WhenAll(one.Runner.RunAsync("daily", default), other.Runner.RunAsync("daily", default));
            await one.HasEditionsAsync([.. Enumerable.Range(0, day + 1).Select(past => Slot.AddDays(past))]);
            await one.WaitsForAsync(Slot.AddDays(day + 1));
            await other.WaitsForAsync(Slot.AddDays(day + 1));
        }

        Assert.Equal(3, made);
    }

    [SkippableFact]
    public async Task When_one_of_two_processes_stops_the_other_keeps_the_schedule()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        var clock = new FakeTimeProvider(Start);
        await using var one = await SchedulingHost.StartAsync(database, clock);
        await using var other = await SchedulingHost.StartAsync(database, clock);

        await one.StopAsync();
        clock.Advance(Slot - Start);

        await other.HasEditionsAsync(Slot);
    }

    [SkippableFact]
    public async Task Two_processes_that_follow_the_same_cadences_leave_each_others_wake_ups_alone()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        var clock = new FakeTimeProvider(Start);
        await using var one = await SchedulingHost.StartAsync(database, clock);
        await using var other = await SchedulingHost.StartAsync(database, clock);
        await other.Book.ChangeAsync("daily", new ScheduleChange(Cron: "0 0 9 * * ?"), default);
        var set = await other.Services.GetRequiredService<WakeUps>().ListAsync(default);
        var inForce = await other.Services.GetRequiredService<ScheduleStore>().ListAsync(default);

        for (var minute = 0; minute < 5; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await one.Services.GetRequiredService<ScheduleFollower>().FollowAsync(default);
            await other.Services.GetRequiredService<ScheduleFollower>().FollowAsync(default);
        }

        Assert.Equal(set, await one.Services.GetRequiredService<WakeUps>().ListAsync(default));
        Assert.Equal(inForce, await one.Services.GetRequiredService<ScheduleStore>().ListAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_wake_up_that_was_lost_is_set_again(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);
        await host.Services.GetRequiredService<WakeUps>().DisarmAsync("daily", default);

        clock.Advance(Slot - Start);
        clock.Advance(TimeSpan.FromMinutes(1));

        await host.HasEditionsAsync(Slot);
    }

    [SkippableFact]
    public async Task A_start_after_a_crash_in_the_middle_of_an_edition_makes_it()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        var clock = new FakeTimeProvider(Start);
        var begun = new TaskCompletionSource();
        var never = new TaskCompletionSource<EditionResult?>();
        await using var crashed = await SchedulingHost.StartAsync(database, clock, make: _ => (_, _, _) =>
        {
            begun.TrySetResult();
            return never.Task;
        });
        clock.Advance(Slot - Start);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        // To the store a process that hangs looks as one that is gone.
        await using var host = await SchedulingHost.StartAsync(database, clock);
        try
        {
            await host.HasEditionsAsync(Slot);
        }
        finally
        {
            never.SetResult(null);
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Stopping_waits_for_the_edition_that_is_being_made(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var host = await SchedulingHost.StartAsync(database, clock, make: services => async (cadence, slot, cancellationToken) =>
        {
            begun.SetResult();
            await goOn.Task;
            return await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, cancellationToken);
        });
        clock.Advance(Slot - Start);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        var stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        goOn.SetResult();
        await stop;

        Assert.Equal([Slot], await host.SlotsAsync());
    }

    private static async Task BecomesAsync(Func<int> value, int expected, FakeTimeProvider clock)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while (value() < expected && TimeProvider.System.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            // A retry waits longer the longer the slot has been failing.
            if (expected > 1)
            {
                clock.Advance(TimeSpan.FromSeconds(10));
            }
        }

        Assert.Equal(expected, value());
    }
}
