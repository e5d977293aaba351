using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class TwoProcessTests
{
    // 06:00 in Paris, an hour and a half before the daily slot.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);

    [SkippableFact, Fault("Two nodes start together; SIGSTOP > lease then CONT")]
    public async Task Two_processes_on_one_PostgreSQL_make_one_edition_of_a_slot_and_both_go_on()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        var clock = new FakeTimeProvider(Start);
        var made = 0;
        Func<IServiceProvider, MakeEdition> make = services => async (cadence, slot, times, cancellationToken) =>
        {
            var result = await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, times, cancellationToken);
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
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
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
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
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
}
