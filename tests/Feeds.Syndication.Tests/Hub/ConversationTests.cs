using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Feeds.Storage;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication.Tests.Hub;

public sealed class ConversationTests
{
    private const string Secret = "une clé de 20 octets";

    [DatabaseTheory, EachDatabase]
    public async Task A_subscriber_is_asked_then_gets_what_is_new_signed_renews_and_goes(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        var callback = subscriber.Address("/callback?key=7&x=%2F");
        await room.SaveAsync(1);

        var answer = await room.AskAsync(callback, secret: Secret, lease: "864000");
        Assert.Equal(HubAnswerKind.Accepted, answer.Kind);
        Assert.Empty(subscriber.Calls);
        await room.SettleAsync();
        var question = Assert.Single(subscriber.Calls);
        Assert.StartsWith("/callback?key=7&x=%2F&hub.mode=subscribe&", question.Target, StringComparison.Ordinal);
        Assert.Equal((HubRoom.Base + "feed.atom", "864000"), (question.Query["hub.topic"], question.Query["hub.lease_seconds"]));

        await room.SaveAsync(2);
        await room.SettleAsync();
        var push = Assert.Single(subscriber.Posts);
        var document = await room.FindAsync();
        Assert.Equal(document.Body.ToArray(), push.Body);
        Assert.Equal("/callback?key=7&x=%2F", push.Target);
        Assert.Equal("application/atom+xml; charset=utf-8", push.Headers["Content-Type"]);
        Assert.Equal($"<{HubRoom.Base}hub>; rel=\"hub\", <{HubRoom.Base}feed.atom>; rel=\"self\"", push.Headers["Link"]);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), push.Body)), push.Headers["X-Hub-Signature"]);

        room.Clock.Advance(TimeSpan.FromDays(9));
        await room.SubscribeAsync(callback, secret: "another");
        await room.PassAsync(TimeSpan.FromDays(9));
        await room.SaveAsync(3);
        await room.SettleAsync();
        var signature = subscriber.Posts[^1].Headers["X-Hub-Signature"];
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("another"u8, subscriber.Posts[^1].Body)), signature);
        Assert.Equal(2, subscriber.Posts.Count);

        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(callback, mode: "unsubscribe")).Kind);
        await room.SettleAsync();
        var farewell = subscriber.Calls[^1];
        Assert.Equal(("GET", "unsubscribe", null), (farewell.Method, farewell.Query["hub.mode"], farewell.Query["hub.lease_seconds"]));
        await room.SaveAsync(4);
        await room.SettleAsync();
        Assert.Equal(2, subscriber.Posts.Count);
        Assert.Empty(await room.SubscriptionsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_push_goes_to_the_subscribers_of_what_changed_and_of_nothing_else(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        await room.SaveAsync(2, "Livraison");
        foreach (var path in (string[])["feed.rss", "categories/prix/feed.json", "categories/livraison/feed.atom"])
        {
            await room.SubscribeAsync(subscriber.Address("/" + path), path);
        }

        await room.SaveAsync(3, "Prix");
        await room.SettleAsync();

        Assert.Equal(["/categories/prix/feed.json", "/feed.rss"], subscriber.Posts.Select(post => post.Target).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((await room.FindAsync("categories/prix/feed.json")).Body.ToArray(), subscriber.Posts.Single(post => post.Target.EndsWith("json", StringComparison.Ordinal)).Body);
        Assert.All(subscriber.Posts, post => Assert.Null(post.Headers["X-Hub-Signature"]));
    }

    [Fact]
    public async Task What_changes_between_the_request_and_its_confirmation_is_not_missed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);

        await room.AskAsync(subscriber.Address());
        await room.SaveAsync(2);
        await room.SettleAsync();

        Assert.Equal((await room.FindAsync()).Body.ToArray(), Assert.Single(subscriber.Posts).Body);
    }

    [Fact]
    public async Task An_edit_that_leaves_the_feed_as_it_was_is_not_pushed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());

        await room.SaveAsync(2, more: "status: draft\n");
        await room.SettleAsync();

        Assert.Empty(subscriber.Posts);
    }

    [Fact]
    public async Task A_withdrawn_article_is_gone_from_what_is_pushed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        await room.SaveAsync(2, body: "Un secret.");
        await room.SubscribeAsync(subscriber.Address(), "feed.json");

        await room.SaveAsync(2, body: "Un secret.", more: "status: removed\n");
        await room.SettleAsync();

        Assert.DoesNotContain("Un secret.", Encoding.UTF8.GetString(Assert.Single(subscriber.Posts).Body), StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_lease_is_within_bounds_and_ends(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1);
        foreach (var lease in (string?[])["1", null, "999999999999999999999"])
        {
            await room.SubscribeAsync(subscriber.Address($"/{lease}"), lease: lease);
        }

        var granted = subscriber.Calls.Select(call => int.Parse(call.Query["hub.lease_seconds"]!, CultureInfo.InvariantCulture) / 86400);
        Assert.Equal([1, 10, 30], granted);
        foreach (var (day, left) in ((int, int)[])[(1, 2), (10, 1), (30, 0)])
        {
            room.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 10, 12, 0, 1, TimeSpan.Zero).AddDays(day));
            await room.SettleAsync();
            Assert.Equal(left, (await room.SubscriptionsAsync()).Count);
        }
    }
}
