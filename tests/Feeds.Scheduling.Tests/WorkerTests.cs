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
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);

        clock.Advance(Slot - Start);
        await host.HasEditionsAsync(Slot);
        await host.WaitsForAsync(Slot.AddDays(1));
        clock.Advance(TimeSpan.FromDays(1));
        await host.HasEditionsAsync(Slot, Slot.AddDays(1));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_new_cadence_sends_no_slot_from_before_its_first_start(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Slot.AddMinutes(1));
        await using var host = await SchedulingHost.StartAsync(database, clock);

        await host.Runner.RunAsync("daily", default);

        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.Empty(await host.SlotsAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("DST gap / overlap")]
    public async Task The_night_without_the_slots_hour_has_its_edition_once_at_the_first_valid_instant(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 28, 20, 0, 0, TimeSpan.Zero));
        var gap = new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero);
        await using var host = await SchedulingHost.StartAsync(database, clock, "0 30 2 * * ?");

        clock.Advance(TimeSpan.FromHours(5));
        await host.HasEditionsAsync(gap);
        await host.WaitsForAsync(new DateTimeOffset(2026, 3, 30, 0, 30, 0, TimeSpan.Zero));
        Assert.Equal(gap, Assert.Single(await host.SlotsAsync()));
    }

    [DatabaseTheory, EachDatabase, Fault("DST gap / overlap")]
    public async Task The_night_with_the_slots_hour_twice_has_its_edition_at_the_first_of_them_only(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 10, 24, 20, 0, 0, TimeSpan.Zero));
        var first = new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero);
        await using var host = await SchedulingHost.StartAsync(database, clock, "0 30 2 * * ?");

        clock.Advance(first - clock.GetUtcNow());
        await host.HasEditionsAsync(first);
        clock.Advance(TimeSpan.FromHours(1));
        await host.WaitsForAsync(new DateTimeOffset(2026, 10, 26, 1, 30, 0, TimeSpan.Zero));

        Assert.Equal([first], await host.SlotsAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("Clock jump ±1 h")]
    public async Task A_clock_that_is_set_back_sends_no_slot_twice(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
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

    [DatabaseTheory, EachDatabase]
    public async Task A_wake_up_that_was_lost_is_set_again(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.StartAsync(database, clock);
        await host.Services.GetRequiredService<WakeUps>().DisarmAsync("daily", default);

        clock.Advance(Slot - Start);
        clock.Advance(TimeSpan.FromMinutes(1));

        await host.HasEditionsAsync(Slot);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Stopping_waits_for_the_edition_that_is_being_made(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var host = await SchedulingHost.StartAsync(database, clock, make: services => async (cadence, slot, times, cancellationToken) =>
        {
            begun.SetResult();
            await goOn.Task;
            return await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, times, cancellationToken);
        });
        clock.Advance(Slot - Start);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        var stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        goOn.SetResult();
        await stop;

        Assert.Equal([Slot], await host.SlotsAsync());
    }
}
