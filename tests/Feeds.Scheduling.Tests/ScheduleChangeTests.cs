using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class ScheduleChangeTests
{
    // 06:00 in Paris, an hour and a half before the daily slot.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);

    [DatabaseTheory, EachDatabase]
    public async Task A_changed_schedule_takes_force_at_once_and_sends_no_slot_of_the_past(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
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
        await using var database = await TestDatabase.CreateAsync(provider);
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
        await using var database = await TestDatabase.CreateAsync(provider);
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
    public async Task A_wake_up_between_a_change_and_its_taking_force_makes_no_edition(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using var host = await SchedulingHost.PrepareAsync(database, clock);
        var cadences = host.Services.GetRequiredService<CadenceStore>();
        var cadence = await cadences.FindAsync("daily", default);
        Assert.NotNull(cadence);
        await host.Services.GetRequiredService<ScheduleStore>().FollowAsync(cadence, Start, default);
        Assert.True(await cadences.SaveAsync(cadence with { Paused = true }, default));

        clock.Advance(Slot - Start);
        await host.Runner.RunAsync("daily", default);

        Assert.Empty(await host.SlotsAsync());
    }
}
