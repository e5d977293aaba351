using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

public sealed class LatenessTests
{
    // 06:00 in Paris, an hour and a half before the daily slot.
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 6, 30, 0, TimeSpan.Zero);

    [DatabaseTheory, EachDatabase]
    public async Task A_start_within_the_grace_sends_the_latest_missed_slot_and_only_that(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        await using (await SchedulingHost.StartAsync(database, clock, "0 0 * * * ?"))
        {
        }

        clock.Advance(TimeSpan.FromHours(7.5));
        await using var host = await SchedulingHost.StartAsync(database, clock);

        await host.HasEditionsAsync(Start.AddHours(7));
        await host.WaitsForAsync(Start.AddHours(8));
        Assert.Equal(Start.AddHours(7), Assert.Single(await host.SlotsAsync()));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_start_after_the_grace_waits_for_the_next_slot(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
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
    public async Task An_edition_that_fails_is_tried_again_until_it_is_made(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var tries = 0;
        await using var host = await SchedulingHost.StartAsync(database, clock, make: services => (cadence, slot, times, cancellationToken) =>
            Interlocked.Increment(ref tries) < 3
                ? throw new IOException("The disk is full.")
                : services.GetRequiredService<Editions>().MakeAsync(cadence, slot, times, cancellationToken));

        clock.Advance(Slot - Start);
        await BecomesAsync(() => tries, 1, clock);
        await BecomesAsync(() => tries, 3, clock);

        await host.HasEditionsAsync(Slot);
        await host.WaitsForAsync(Slot.AddDays(1));
        Assert.True(clock.GetUtcNow() - Slot < TimeSpan.FromMinutes(30), $"{clock.GetUtcNow():O}");
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_that_never_succeeds_is_given_up_when_the_grace_is_over(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var tries = 0;
        await using var host = await SchedulingHost.StartAsync(database, clock, make: _ => (_, _, _, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new IOException("The disk is full.");
        });

        clock.Advance(Slot - Start);
        await BecomesAsync(() => tries, 1, clock);
        clock.Advance(MisfireRule.Grace);

        // The failure may be noted only now; then its retry is a few seconds ahead.
        await host.WaitsForAsync(Slot.AddDays(1), () => clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, tries);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_crash_between_an_edition_and_its_record_makes_no_second_one(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = new FakeTimeProvider(Start);
        var results = new List<EditionResult?>();
        await using var host = await SchedulingHost.PrepareAsync(database, clock, make: services => async (cadence, slot, times, cancellationToken) =>
        {
            results.Add(await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, times, cancellationToken));
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

    [SkippableFact]
    public async Task A_start_after_a_crash_in_the_middle_of_an_edition_makes_it()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        var clock = new FakeTimeProvider(Start);
        var begun = new TaskCompletionSource();
        var never = new TaskCompletionSource<EditionResult?>();
        await using var crashed = await SchedulingHost.StartAsync(database, clock, make: _ => (_, _, _, _) =>
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
