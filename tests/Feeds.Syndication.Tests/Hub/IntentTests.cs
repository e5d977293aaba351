using System.Text;
using Feeds.Storage;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication.Tests.Hub;

public sealed class IntentTests
{
    [Theory]
    [InlineData("another challenge")]
    [InlineData("the challenge and more")]
    [InlineData("nothing")]
    [InlineData("404")]
    [InlineData("the challenge, with 500")]
    [InlineData("a redirect to the right answer")]
    public async Task A_callback_that_does_not_repeat_the_challenge_gets_nothing(string lie)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        subscriber.Script = async (call, response) =>
        {
            var challenge = call.Query["hub.challenge"]!;
            response.StatusCode = lie switch { "404" => 404, "the challenge, with 500" => 500, "a redirect to the right answer" => 302, _ => 200 };
            response.RedirectLocation = response.StatusCode == 302 ? subscriber.Address("/right") : null;
            var text = lie switch { "another challenge" => new string('x', challenge.Length), "the challenge and more" => challenge + "!", "nothing" => "", _ => challenge };
            await response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes(text));
        };
        await room.SaveAsync(1);

        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(subscriber.Address())).Kind);
        for (var minute = 0; minute < 5; minute++)
        {
            await room.PassAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(await room.SubscriptionsAsync());
        Assert.InRange(subscriber.Calls.Count, 1, BackOff.IntentTries);
        Assert.DoesNotContain(subscriber.Calls, call => call.Target.StartsWith("/right", StringComparison.Ordinal));
        Assert.Single(room.Logs.Of(2052));
    }

    [Fact]
    public async Task A_callback_that_is_down_for_a_moment_is_asked_again()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        subscriber.Script = (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await room.SaveAsync(1);
        await room.AskAsync(subscriber.Address());
        await room.SettleAsync();
        Assert.Null(Assert.Single(await room.SubscriptionsAsync()).ExpiresAt);

        subscriber.Script = CallbackServer.AgreeAsync;
        await room.PassAsync(TimeSpan.FromSeconds(30));

        Assert.NotNull(Assert.Single(await room.SubscriptionsAsync()).ExpiresAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_is_unsubscribed_by_a_stranger_says_no_and_stays(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());

        subscriber.Script = (call, response) =>
        {
            response.StatusCode = call.Method is "GET" ? 404 : 204;
            return Task.CompletedTask;
        };
        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(subscriber.Address(), mode: "unsubscribe")).Kind);
        await room.SettleAsync();
        await room.SaveAsync(2);
        await room.SettleAsync();

        Assert.Single(subscriber.Posts);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_wish_that_comes_while_an_older_one_is_asked_about_is_asked_about_too(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        var mayAnswer = new TaskCompletionSource();
        subscriber.Script = async (call, response) =>
        {
            await mayAnswer.Task;
            await CallbackServer.AgreeAsync(call, response);
        };
        await room.SaveAsync(1);
        await room.AskAsync(subscriber.Address());
        await room.Worker.TickAsync(default);
        await Eventually.TrueAsync(() => subscriber.Calls.Count == 1, () => "the callback is asked");

        await room.AskAsync(subscriber.Address(), mode: "unsubscribe");
        mayAnswer.SetResult();
        await Eventually.TrueAsync(
            async () =>
            {
                await room.SettleAsync();
                return (await room.SubscriptionsAsync()).Count == 0;
            },
            () => "the subscription has begun and ended");

        Assert.Equal("subscribe, unsubscribe", string.Join(", ", subscriber.Calls.Select(call => call.Query["hub.mode"])));
    }

    [Theory]
    [InlineData(null, "feed.atom", "https://a.example/", null, null, "hub.mode is neither")]
    [InlineData("publish", "feed.atom", null, null, null, "nobody needs to tell it")]
    [InlineData("subscribe", null, "https://a.example/", null, null, "hub.topic is lacking")]
    [InlineData("subscribe", "feed.atom", null, null, null, "hub.callback is lacking")]
    [InlineData("subscribe", "feed.atom", "ftp://a.example/", null, null, "is no address that can be called")]
    [InlineData("subscribe", "feed.atom", "/relative", null, null, "is no address that can be called")]
    [InlineData("subscribe", "feed.atom", "https://user:pass@a.example/", null, null, "has a user name or a fragment")]
    [InlineData("subscribe", "feed.atom", "https://a.example/#x", null, null, "has a user name or a fragment")]
    [InlineData("subscribe", "feed.atom", "https://a.example/\r\nX-Evil: 1", null, null, "percent-encode")]
    [InlineData("subscribe", "feed.atom", "https://é.example/", null, null, "percent-encode")]
    [InlineData("subscribe", "feed.atom", "https://a.example/", "ten", null, "hub.lease_seconds is no number")]
    [InlineData("subscribe", "feed.atom", "https://a.example/", "-1", null, "hub.lease_seconds is no number")]
    [InlineData("subscribe", "feed.atom?categories=prix", "https://a.example/", null, null, "hub.topic is no feed")]
    [InlineData("subscribe", "feeds.opml", "https://a.example/", null, null, "hub.topic is no feed")]
    [InlineData("subscribe", "archive/1/feed.atom", "https://a.example/", null, null, "hub.topic is no feed")]
    [InlineData("subscribe", "categories/none/feed.atom", "https://a.example/", null, null, "hub.topic is no feed")]
    [InlineData("subscribe", "Feed.atom", "https://a.example/", null, null, "hub.topic is no feed")]
    [InlineData("unsubscribe", "feed.atom", "https://a.example/", null, null, "There is no such subscription")]
    public async Task A_request_that_can_not_be_meant_is_refused_with_a_sentence(string? mode, string? path, string? callback, string? lease, string? secret, string sentence)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1, "Prix");

        var answer = await room.Hub.TakeAsync(new HubRequest(mode, path is null ? null : HubRoom.Base + path, callback, lease, secret), default);

        Assert.Equal(HubAnswerKind.Refused, answer.Kind);
        Assert.Contains(sentence, answer.Sentence, StringComparison.Ordinal);
        Assert.Empty(await room.SubscriptionsAsync());
    }

    [Fact]
    public async Task What_is_too_long_is_refused_with_its_bound()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1);

        Assert.Contains("2048", (await room.AskAsync("https://a.example/" + new string('x', 2048))).Sentence, StringComparison.Ordinal);
        Assert.Contains("199", (await room.AskAsync("https://a.example/", secret: new string('é', 100))).Sentence, StringComparison.Ordinal);
        Assert.Contains("no feed", (await room.Hub.TakeAsync(new HubRequest("subscribe", "https://elsewhere.example/feed.atom", "https://a.example/", null, null), default)).Sentence, StringComparison.Ordinal);
    }
}
