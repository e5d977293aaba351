using System.Text;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Syndication.Tests.Hub;

public sealed class PushTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_failed_push_is_tried_at_the_same_times_whether_or_not_the_program_restarts(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var subscriber = CallbackServer.Start();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        var first = await HubRoom.OpenAsync(database, clock);
        await first.SaveAsync(1);
        await first.SubscribeAsync(subscriber.Address());
        subscriber.Script = CallbackServer.Answer(500);
        await first.SaveAsync(2);
        await first.SettleAsync();
        await first.DisposeAsync();

        var wait = TimeSpan.FromSeconds(30);
        for (var failures = 1; failures < BackOff.PushTries; failures++)
        {
            await using var room = await HubRoom.OpenAsync(database, clock);
            await room.PassAsync(wait - TimeSpan.FromSeconds(1));
            Assert.Equal(failures, subscriber.Posts.Count);
            await room.PassAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(failures + 1, subscriber.Posts.Count);
            wait *= 2;
        }

        await using var last = await HubRoom.OpenAsync(database, clock);
        await last.PassAsync(TimeSpan.FromDays(3));
        Assert.Equal(BackOff.PushTries, subscriber.Posts.Count);

        subscriber.Script = CallbackServer.AgreeAsync;
        await last.SaveAsync(3);
        await last.SettleAsync();
        Assert.Equal((await last.FindAsync()).Body.ToArray(), subscriber.Posts[^1].Body);
        Assert.Equal(0, Assert.Single(await last.SubscriptionsAsync()).Failures);
    }

    [Fact]
    public async Task Who_fails_and_comes_back_gets_what_is_new_by_then_once()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());
        subscriber.Script = CallbackServer.Answer(503);
        await room.SaveAsync(2);
        await room.SettleAsync();
        await room.SaveAsync(3);
        await room.SettleAsync();
        Assert.Single(subscriber.Posts);

        subscriber.Script = CallbackServer.AgreeAsync;
        await room.PassAsync(TimeSpan.FromSeconds(30));
        await room.PassAsync(TimeSpan.FromHours(1));

        Assert.Equal(2, subscriber.Posts.Count);
        Assert.Equal((await room.FindAsync()).Body.ToArray(), subscriber.Posts[^1].Body);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_answers_410_is_left_in_peace(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());
        subscriber.Script = CallbackServer.Answer(410);

        await room.SaveAsync(2);
        await room.SettleAsync();
        await room.SaveAsync(3);
        await room.SettleAsync();

        Assert.Single(subscriber.Posts);
        Assert.Empty(await room.SubscriptionsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Subscribers_that_hang_hold_up_nobody_else(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var slow = CallbackServer.Start();
        using var quick = CallbackServer.Start();
        await room.SaveAsync(1);
        for (var number = 0; number < 40; number++)
        {
            await room.AskAsync(slow.Address($"/{number}"));
        }

        await room.SettleAsync();
        await room.SubscribeAsync(quick.Address());
        using var end = new CancellationTokenSource();
        slow.Script = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);

        await room.SaveAsync(2);
        await Eventually.TrueAsync(
            async () =>
            {
                await room.Worker.TickAsync(default);
                return quick.Posts.Count == 1 && slow.Posts.Count >= SubscriptionClaims.MostAtHost;
            },
            () => $"the quick one has it ({quick.Posts.Count}), the slow one is asked ({slow.Posts.Count})");
        Assert.Equal(SubscriptionClaims.MostAtHost, slow.Posts.Count);

        room.Clock.Advance(Outbound.Patience);
        await room.Services.GetRequiredService<RunningWork>().WhenDoneAsync();
        Assert.Equal(SubscriptionClaims.MostAtHost, (await room.SubscriptionsAsync()).Count(row => row.Failures == 1));
        await end.CancelAsync();
    }

    [Fact, Attack(19)]
    public async Task An_answer_that_trickles_or_never_ends_costs_no_more_than_ten_seconds_and_no_memory()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var endless = CallbackServer.Start();
        using var trickling = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(endless.Address());
        var sent = 0L;
        endless.Script = async (_, response) =>
        {
            while (true)
            {
                await response.OutputStream.WriteAsync(new byte[65536]);
                Interlocked.Add(ref sent, 65536);
            }
        };
        await room.SaveAsync(2);
        await room.SettleAsync();
        // A success is one whatever else is said with it, and what else is said is not read.
        Assert.Equal(0, Assert.Single(await room.SubscriptionsAsync()).Failures);
        Assert.InRange(Interlocked.Read(ref sent), 0, 64 * 1024 * 1024);

        using var end = new CancellationTokenSource();
        trickling.Script = async (_, response) =>
        {
            while (true)
            {
                await response.OutputStream.WriteAsync("x"u8.ToArray());
                await response.OutputStream.FlushAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, end.Token);
            }
        };
        await room.AskAsync(trickling.Address());
        await room.Worker.TickAsync(default);
        await Eventually.TrueAsync(() => trickling.Calls.Count == 1, () => "it is asked");
        room.Clock.Advance(Outbound.Patience);
        await room.Services.GetRequiredService<RunningWork>().WhenDoneAsync();
        Assert.DoesNotContain(await room.SubscriptionsAsync(), row => string.Equals(row.Callback, trickling.Address(), StringComparison.Ordinal) && row.ExpiresAt is not null);
        await end.CancelAsync();
    }

    [Fact]
    public async Task A_change_during_a_push_is_pushed_after_it()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());
        var mayAnswer = new TaskCompletionSource();
        subscriber.Script = async (call, response) =>
        {
            await mayAnswer.Task;
            await CallbackServer.AgreeAsync(call, response);
        };
        await room.SaveAsync(2);
        await Eventually.TrueAsync(
            async () =>
            {
                await room.Worker.TickAsync(default);
                return subscriber.Posts.Count == 1;
            },
            () => "the first push is under way");

        await room.SaveAsync(3);
        await room.Worker.TickAsync(default);
        mayAnswer.SetResult();
        await Eventually.TrueAsync(
            async () =>
            {
                await room.SettleAsync();
                return subscriber.Posts.Count == 2;
            },
            () => "the second push has come");

        Assert.Contains("Article 3", Encoding.UTF8.GetString(subscriber.Posts[1].Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_a_bound_to_the_subscriptions_of_one_host_and_to_what_it_has_not_confirmed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1);

        var answers = new List<HubAnswerKind>();
        for (var number = 0; number <= SubscriptionBook.MostAskedAtHost; number++)
        {
            answers.Add((await room.AskAsync($"http://127.0.0.1:65535/{number}")).Kind);
        }

        Assert.All(answers.SkipLast(1), kind => Assert.Equal(HubAnswerKind.Accepted, kind));
        Assert.Equal(HubAnswerKind.Full, answers[^1]);
        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync("http://127.0.0.1:65535/0")).Kind);
        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync("http://127.0.0.1:65534/")).Kind);
    }
}
