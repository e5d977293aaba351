using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Scheduling.Tests;

/// <summary>
/// Some days in the life of a cadence whose program stops and starts, fails and is away, while people go on choosing hours.
/// A run depends on its seed alone, which a failure names.
/// </summary>
public sealed class OwnHourModelTests
{
    // The weekend on which Europe and Nuuk change their clocks, and Lord Howe a week later.
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Length = TimeSpan.FromDays(4);

    // With what failures add, less than the grace.
    private static readonly TimeSpan LongestOutage = MisfireRule.Grace - TimeSpan.FromMinutes(30);

    // Far more than four days need.
    private const int MostWakeUps = 500;

    private static readonly string[] Places =
        ["Europe/Paris", "Europe/Berlin", "Africa/Lagos", "America/Nuuk", "America/New_York", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "Asia/Beirut", "Mars/Phobos"];

    [DatabaseTheory, EachDatabase, Fault("DST gap / overlap")]
    public async Task Whatever_stops_or_fails_each_hour_that_was_chosen_has_each_of_its_editions_exactly_once(DatabaseProvider provider)
    {
        for (var lives = provider == DatabaseProvider.Sqlite ? 4 : 1; lives > 0; lives--)
        {
            await LiveAsync(provider, Random.Shared.Next());
        }
    }

    private static async Task LiveAsync(DatabaseProvider provider, int seed)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var life = await Life.BeginAsync(database, new Random(seed));

        while (life.Now < Start + Length && life.WakeUps < MostWakeUps)
        {
            await life.GoOnAsync();
        }

        // One a slot, and two a failure: what follows it at once, and its next try.
        var slots = life.Made.Select(edition => edition.Slot).Distinct().Count();
        Assert.True(life.WakeUps <= slots + (2 * life.Failures), $"seed {seed}: woken {life.WakeUps} times for {slots} slots and {life.Failures} failures until {life.Now:s}");
        Assert.True(life.Promised.SequenceEqual(life.Made), $"seed {seed}: promised but not made {Listed(life.Promised.Except(life.Made))}; made but not promised {Listed(life.Made.Except(life.Promised))}");
        Assert.True(life.Made.Count > 20, $"seed {seed}: only {life.Made.Count} were made");
    }

    private static string Listed(IEnumerable<(DateTimeOffset Slot, SendTime Time)> editions) => string.Join(", ", editions.Select(edition => $"{edition.Slot:s} {edition.Time}"));

    private sealed class Life : IAsyncDisposable
    {
        private readonly Dictionary<SendTime, DateTimeOffset> chosen = new() { [SendTime.OfCadence] = Start };
        private readonly SchedulingHost host;
        private readonly MadeEditions editions;
        private readonly FakeTimeProvider clock;
        private readonly Random chance;
        private ScheduleFollower follower;

        // How often making an edition is yet to fail.
        private int failures;

        private Life(SchedulingHost host, MadeEditions editions, FakeTimeProvider clock, Random chance)
        {
            (this.host, this.editions, this.clock, this.chance) = (host, editions, clock, chance);
            follower = NewFollower();
            editions.Before = async _ =>
            {
                await SometimesAsync(4, ChooseAsync);
                await SometimesAsync(2, FailAsync);
            };
            editions.After = _ => SometimesAsync(2, FailAsync);
        }

        public int WakeUps { get; private set; }

        public int Failures { get; private set; }

        public DateTimeOffset Now => clock.GetUtcNow();

        private static Cadence Daily => OwnHourProperties.Cadence("0 30 7 * * ?", "Europe/Paris");

        public List<(DateTimeOffset Slot, SendTime Time)> Made => Ordered(editions.All.SelectMany(edition => edition.Times!.Select(time => (edition.Slot, time))));

        public List<(DateTimeOffset Slot, SendTime Time)> Promised => Ordered(chosen.SelectMany(time =>
            ScheduleBook.NextRuns(Daily, time.Key, time.Value, 10).Where(slot => slot <= Now).Select(slot => (slot.ToUniversalTime(), time.Key))));

        public static async Task<Life> BeginAsync(TestDatabase database, Random chance)
        {
            var time = new FakeTimeProvider(Start);
            var made = new MadeEditions();
            var life = new Life(await SchedulingHost.PrepareAsync(database, time, Daily.Cron, made.Making), made, time, chance);
            await life.follower.FollowAsync(default);
            return life;
        }

        /// <summary>Time passes, with or without the program, and what became due by then is made.</summary>
        public async Task GoOnAsync()
        {
            await SometimesAsync(2, ChooseAsync);
            var away = chance.Next(2) == 0;
            if (!away)
            {
                await follower.FollowAsync(default);
            }

            var wakeUp = (await WakeUpAsync())!.At;
            clock.Advance(away || wakeUp <= Now ? LongestOutage * chance.NextDouble() : Least(wakeUp - Now, LongestOutage));
            if (away)
            {
                await StartAnewAsync();
            }

            failures = chance.Next(3);
            await follower.FollowAsync(default);
            while (WakeUps < MostWakeUps && await WakeUpAsync() is { } due && (due.At <= Now || due.Slot <= Now))
            {
                clock.Advance(due.At > Now ? due.At - Now : TimeSpan.Zero);
                await WakeAsync(due);
                await SometimesAsync(5, StartAnewAsync);
                await follower.FollowAsync(default);
            }
        }

        public async ValueTask DisposeAsync()
        {
            follower.Dispose();
            await host.DisposeAsync();
        }

        // What EditionJob does when Quartz calls it.
        private async Task WakeAsync(WakeUp due)
        {
            WakeUps++;
            try
            {
                await host.Runner.RunAsync("daily", default);
            }
            catch (Exception failure) when (failure is IOException or AggregateException)
            {
                Failures++;
                await follower.PostponeAsync("daily", due.Slot, host.Runner.RetryAt(due.Slot), default);
            }
        }

        private async Task<WakeUp?> WakeUpAsync() => (await host.Services.GetRequiredService<WakeUps>().ListAsync(default)).GetValueOrDefault("daily");

        private async Task ChooseAsync()
        {
            var time = new SendTime(Places[chance.Next(Places.Length)], chance.Next(24));
            if (chosen.TryAdd(time, Now))
            {
                await host.ChooseAsync(time.Zone, time.Hour, Now);
            }
        }

        private Task StartAnewAsync()
        {
            follower.Dispose();
            follower = NewFollower();
            return Task.CompletedTask;
        }

        private ScheduleFollower NewFollower()
        {
            var started = ActivatorUtilities.CreateInstance<ScheduleFollower>(host.Services);
            started.Begin();
            return started;
        }

        private Task FailAsync() => failures-- > 0 ? throw new IOException("The power is gone.") : Task.CompletedTask;

        private Task SometimesAsync(int oneIn, Func<Task> act) => chance.Next(oneIn) == 0 ? act() : Task.CompletedTask;

        private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

        private static List<(DateTimeOffset Slot, SendTime Time)> Ordered(IEnumerable<(DateTimeOffset Slot, SendTime Time)> editions) =>
            [.. editions.OrderBy(edition => edition.Slot).ThenBy(edition => edition.Time.Zone, StringComparer.Ordinal).ThenBy(edition => edition.Time.Hour)];
    }
}
