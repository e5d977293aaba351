using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Syndication.Tests.Hub;

public sealed class CrashTests
{
    [DatabaseTheory, EachDatabase]
    public async Task What_was_committed_before_a_process_ended_is_pushed_by_the_next(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        await using (var before = await HubRoom.OpenAsync(database))
        {
            await before.SaveAsync(1);
            await before.SubscribeAsync(subscriber.Address());
            await before.SaveAsync(2);
        }

        await using var after = await HubRoom.OpenAsync(database);
        await after.SettleAsync();

        Assert.Equal((await after.FindAsync()).Body.ToArray(), Assert.Single(subscriber.Posts).Body);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_a_process_had_claimed_when_it_died_is_another_ones_after_a_minute(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        await using var dying = await HubRoom.OpenAsync(database, clock);
        await dying.SaveAsync(1);
        await dying.SubscribeAsync(subscriber.Address());
        await dying.SaveAsync(2);
        await using var other = await HubRoom.OpenAsync(database, clock);
        await other.Services.GetRequiredService<SubscriptionBook>().MarkAsync(["feed.atom"], 1000, default);
        var claim = Assert.Single(await dying.Services.GetRequiredService<SubscriptionClaims>().ClaimAsync(1, 1, default));

        await other.SettleAsync();
        Assert.Empty(subscriber.Posts);
        await other.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Single(subscriber.Posts);

        // It was only slow: what it says now is not heard.
        await dying.Services.GetRequiredService<SubscriptionClaims>().FailedAsync(claim, default);
        Assert.Equal(0, Assert.Single(await other.SubscriptionsAsync()).Failures);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_processes_push_everything_once(DatabaseProvider provider)
    {
        const int Subscribers = 60;
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        HubRoom[] rooms = [await HubRoom.OpenAsync(database, clock), await HubRoom.OpenAsync(database, clock)];
        await rooms[0].SaveAsync(1);
        for (var number = 0; number < Subscribers; number++)
        {
            await rooms[number % 2].AskAsync(subscriber.Address($"/{number}"));
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(rooms.Select(room => room.SettleAsync()));
                return (await rooms[0].SubscriptionsAsync()).All(row => row.ExpiresAt is not null);
            },
            () => "all have subscribed");
        Assert.Equal(Subscribers, subscriber.Calls.Count);
        await rooms[0].SaveAsync(2);
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(rooms.Select(room => room.SettleAsync()));
                return subscriber.Posts.Count >= Subscribers && (await rooms[0].SubscriptionsAsync()).All(row => row.NextAttemptAt is null);
            },
            () => $"all have it: {subscriber.Posts.Count}");

        Assert.Equal(Subscribers, subscriber.Posts.Count);
        Assert.Equal(Subscribers, subscriber.Posts.Select(post => post.Target).Distinct(StringComparer.Ordinal).Count());
        foreach (var room in rooms)
        {
            await room.DisposeAsync();
        }
    }

    [Fact]
    public async Task While_serving_a_commit_is_pushed_without_the_clock_moving()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.Worker.StartAsync(default);
        await room.AskAsync(subscriber.Address());
        await Eventually.TrueAsync(async () => (await room.SubscriptionsAsync()).Any(row => row is { ExpiresAt: not null, ClaimedUntil: null }), () => "it has subscribed");

        await room.SaveAsync(2);

        await Eventually.TrueAsync(() => subscriber.Posts.Count == 1, () => "the push has come");
        await room.Worker.StopAsync(default);
    }
}
