using System.Text.Json;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Syndication.Tests.Hub;

/// <summary>Feeds of categories in which nothing is left, as far as others follow them.</summary>
public sealed class EndedTopicTests
{
    private const string Topic = "categories/prix/feed.atom";

    [DatabaseTheory, EachDatabase]
    public async Task The_subscribers_of_a_feed_that_ended_are_told_so_once_and_then_left_in_peace(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Ancien");
        await room.SubscribeAsync(subscriber.Address("/before?k=1"), "categories/ancien/feed.json");
        await RenameAsync(room, "Ancien", "Prix");
        await room.SubscribeAsync(subscriber.Address("/after"), Topic);
        await room.SubscribeAsync(subscriber.Address("/all"));
        var (calls, posts) = (subscriber.Calls.Count, subscriber.Posts.Count);

        await room.SaveAsync(1, "Livraison");
        await room.SettleAsync();

        var words = subscriber.Calls.Skip(calls).Where(call => call.Method is "GET").OrderBy(call => call.Target, StringComparer.Ordinal).ToList();
        Assert.Equal(
            [("/after?", Topic), ("/before?k=1&", "categories/ancien/feed.json")],
            words.Select(word => (word.Target[..word.Target.IndexOf("hub.", StringComparison.Ordinal)], word.Query["hub.topic"]![HubRoom.Base.Length..])));
        Assert.All(words, word => Assert.Equal(("denied", "The feed has ended.", null), (word.Query["hub.mode"], word.Query["hub.reason"], word.Query["hub.challenge"])));
        Assert.Equal("/all", Assert.Single(subscriber.Posts.Skip(posts)).Target);
        Assert.Equal(subscriber.Address("/all"), Assert.Single(await room.SubscriptionsAsync()).Callback);
        Assert.Equal(2, room.Logs.Of(2063).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_can_t_be_told_that_its_feed_ended_is_tried_three_times_and_then_dropped(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        await room.SubscribeAsync(subscriber.Address(), Topic);
        subscriber.Script = (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var asked = subscriber.Calls.Count;

        await room.SaveAsync(1, "Livraison");
        await room.SettleAsync();
        foreach (var minutes in (double[])[0.5, 1, 60])
        {
            await room.PassAsync(TimeSpan.FromMinutes(minutes));
        }

        Assert.Equal(asked + BackOff.IntentTries, subscriber.Calls.Count);
        Assert.Empty(await room.SubscriptionsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_feed_that_is_back_before_its_subscriber_could_be_told_of_its_end_is_pushed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        await room.SubscribeAsync(subscriber.Address(), Topic);
        subscriber.Script = (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await room.SaveAsync(1, "Livraison");
        await room.SettleAsync();

        subscriber.Script = CallbackServer.AgreeAsync;
        await room.SaveAsync(2, "Prix");
        await room.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((await room.FindAsync(Topic)).Body.ToArray(), Assert.Single(subscriber.Posts).Body);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_subscription_to_a_feed_that_ended_is_refused_and_one_that_was_asked_for_before_is_denied(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(subscriber.Address(), Topic)).Kind);
        await room.SaveAsync(1, "Livraison");
        await room.SettleAsync();

        Assert.Equal(["subscribe", "denied"], subscriber.Calls.Select(call => call.Query["hub.mode"]!), StringComparer.Ordinal);
        Assert.Empty(await room.SubscriptionsAsync());
        var answer = await room.AskAsync(subscriber.Address(), Topic);
        Assert.Equal(HubAnswerKind.Refused, answer.Kind);
        Assert.Contains("hub.topic is a feed that has ended", answer.Sentence, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_purge_hook_gets_every_address_that_a_feed_had_that_ended(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hook = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: ("Feeds:PurgeHook", hook.Address("/purge")));
        await room.SaveAsync(1, "Prix");
        await RenameAsync(room, "Prix", "Tarifs");
        await room.SettleAsync();
        var before = hook.Calls.Count;

        await room.SaveAsync(1, "Livraison");
        await room.SettleAsync();

        using var json = JsonDocument.Parse(Assert.Single(hook.Calls.Skip(before)).Body);
        var addresses = json.RootElement.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()![HubRoom.Base.Length..]).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>(
                ["categories/tarifs", "categories/tarifs/feed.atom", "categories/tarifs/feed.rss", "categories/tarifs/archive/1/feed.json", "categories/prix", Topic, "categories/livraison/feed.atom"],
                StringComparer.Ordinal),
            addresses);
    }

    private static async Task RenameAsync(HubRoom room, string name, string newName) =>
        Assert.Null((await room.Services.GetRequiredService<CategoryRenaming>().RenameAsync(name, newName, default)).Refusal);
}
