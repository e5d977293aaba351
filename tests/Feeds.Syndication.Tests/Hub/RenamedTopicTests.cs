using System.Security.Cryptography;
using System.Text.Json;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Syndication.Tests.Hub;

/// <summary>Feeds whose category got another name, as far as others follow them.</summary>
public sealed class RenamedTopicTests
{
    private const string Old = "categories/prix/feed.atom";
    private const string New = "categories/tarifs/feed.atom";

    [DatabaseTheory, EachDatabase]
    public async Task Who_subscribed_to_a_feed_before_it_was_renamed_goes_on_to_get_it_and_learns_its_new_address(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        await room.SubscribeAsync(subscriber.Address(), Old, secret: "s");

        // As `feeds category rename` does it: from another process.
        await using var command = await HubRoom.OpenAsync(database, room.Clock);
        await RenameAsync(command, "Prix", "Tarifs");
        await room.SettleAsync();

        var push = Assert.Single(subscriber.Posts);
        Assert.Equal((await room.FindAsync(New)).Body.ToArray(), push.Body);
        Assert.Equal($"<{HubRoom.Base}hub>; rel=\"hub\", <{HubRoom.Base}{New}>; rel=\"self\"", push.Headers["Link"]);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s"u8, push.Body)), push.Headers["X-Hub-Signature"]);

        await room.SaveAsync(2, "Tarifs");
        await room.SettleAsync();
        await RenameAsync(room, "Tarifs", "Coûts");
        await room.SettleAsync();
        await room.SaveAsync(3, "Prix");
        await room.SettleAsync();
        Assert.Equal(4, subscriber.Posts.Count);
        Assert.Equal((await room.FindAsync("categories/couts/feed.atom")).Body.ToArray(), subscriber.Posts[^1].Body);

        await RenameAsync(room, "Coûts", "Prix");
        await room.SettleAsync();
        Assert.Equal((await room.FindAsync(Old)).Body.ToArray(), subscriber.Posts[^1].Body);
        Assert.Equal(5, subscriber.Posts.Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_old_address_can_be_subscribed_to_renewed_and_left_and_is_named_as_the_subscriber_wrote_it(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        await room.SaveAsync(1, "Prix");
        await room.SubscribeAsync(subscriber.Address("/known"), Old);
        await RenameAsync(room, "Prix", "Tarifs");
        await room.SettleAsync();

        await room.SubscribeAsync(subscriber.Address("/new"), Old);
        await room.SubscribeAsync(subscriber.Address("/known"), Old, secret: "another");

        Assert.All(subscriber.Calls.Where(call => call.Method is "GET"), question => Assert.Equal(HubRoom.Base + Old, question.Query["hub.topic"]));
        Assert.Equal(2, (await room.SubscriptionsAsync()).Count);
        // What it can read there is what the feed is now, so there is nothing to push to it yet.
        Assert.DoesNotContain(subscriber.Posts, post => post.Target is "/new");
        await room.SaveAsync(2, "Tarifs");
        await room.SettleAsync();
        var body = (await room.FindAsync(New)).Body.ToArray();
        Assert.All((string[])["/known", "/new"], callback => Assert.Equal(body, subscriber.Posts.Last(post => string.Equals(post.Target, callback, StringComparison.Ordinal)).Body));

        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(subscriber.Address("/known"), Old, mode: "unsubscribe")).Kind);
        await room.SettleAsync();
        Assert.Equal(HubRoom.Base + Old, subscriber.Calls[^1].Query["hub.topic"]);
        Assert.Equal(subscriber.Address("/new"), Assert.Single(await room.SubscriptionsAsync()).Callback);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_feed_that_another_process_renamed_a_moment_ago_can_be_subscribed_to_at_its_new_address(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1, "Prix");
        await room.FindAsync(Old);
        await using var command = await HubRoom.OpenAsync(database, room.Clock);
        await RenameAsync(command, "Prix", "Tarifs");

        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync("http://127.0.0.1:65535/", New)).Kind);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Whatever_renamings_and_changes_come_each_subscriber_ends_with_what_its_feed_is(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await HubRoom.OpenAsync(database);
        using var subscriber = CallbackServer.Start();
        string[] names = ["Prix", "Tarifs", "Coûts"];
        string[] slugs = ["prix", "tarifs", "couts"];
        var random = new Random(7);
        var (current, topics) = (0, new HashSet<string>(StringComparer.Ordinal));
        await room.SaveAsync(1, "Prix");
        await RenameAsync(room, "Prix", "Tarifs");
        await RenameAsync(room, "Tarifs", "Coûts");
        await RenameAsync(room, "Coûts", "Prix");
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(3))
            {
                case 0:
                    var next = (current + random.Next(1, 3)) % 3;
                    await RenameAsync(room, names[current], names[next]);
                    current = next;
                    break;
                case 1:
                    await room.SaveAsync(random.Next(1, 5), names[random.Next(3)], body: $"Texte {step}.");
                    break;
                default:
                    var topic = $"categories/{slugs[random.Next(3)]}/feed.json";
                    if (topics.Add(topic))
                    {
                        await room.SubscribeAsync(subscriber.Address("/" + topic), topic);
                    }

                    break;
            }

            if (random.Next(2) == 0)
            {
                await room.SettleAsync();
            }
        }

        await room.SaveAsync(5, names[0], body: "La fin.");
        await room.SettleAsync();
        var feed = (await room.FindAsync($"categories/{slugs[current]}/feed.json")).Body.ToArray();
        Assert.Equal(3, topics.Count);
        Assert.All(topics, topic => Assert.Equal(feed, subscriber.Posts.Last(post => string.Equals(post.Target, "/" + topic, StringComparison.Ordinal)).Body));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_hub_of_others_is_told_of_the_old_addresses_with_the_new(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hub = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: ("Feeds:Hubs:0", hub.Address()));
        await room.SaveAsync(1, "Prix");
        await room.SaveAsync(2, "Livraison");
        await room.SettleAsync();

        await RenameAsync(room, "Prix", "Tarifs");
        await room.SettleAsync();

        string[] renamed = [.. Formats("categories/tarifs/"), .. Formats(""), .. Formats("categories/prix/")];
        Assert.Equal(renamed.Order(StringComparer.Ordinal), Told().Order(StringComparer.Ordinal), StringComparer.Ordinal);

        // Those of its subscribers who know nothing but the old address shall not miss what comes later, either.
        var before = hub.Calls.Count;
        await room.SaveAsync(3, "Tarifs");
        await room.SettleAsync();
        Assert.Equal(renamed.Order(StringComparer.Ordinal), Told().Skip(before).Order(StringComparer.Ordinal), StringComparer.Ordinal);

        IEnumerable<string> Told() => hub.Calls.Select(call => call.Form["hub.url"]![HubRoom.Base.Length..]);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_purge_hook_gets_every_address_that_the_renamed_category_had(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hook = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: ("Feeds:PurgeHook", hook.Address("/purge")));
        await room.SaveAsync(1, "Prix, Livraison");
        await room.SaveAsync(2, "Ailleurs");
        await room.SettleAsync();

        await RenameAsync(room, "Prix", "Tarifs");
        await room.SettleAsync();

        using var json = JsonDocument.Parse(Assert.Single(hook.Calls).Body);
        var addresses = json.RootElement.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()![HubRoom.Base.Length..]).ToList();
        string[] wanted =
        [
            "categories/prix", .. Formats("categories/prix/"), .. Formats("categories/prix/archive/1/"),
            "categories/tarifs", .. Formats("categories/tarifs/"), .. Formats("categories/tarifs/archive/1/"),
            .. Formats("categories/livraison/"), "articles/article-1", "feed.atom", "feeds.opml", "subscribe", "",
        ];
        Assert.Empty(wanted.Except(addresses, StringComparer.Ordinal));
        Assert.DoesNotContain(addresses, address => address.Contains("ailleurs", StringComparison.Ordinal) || address.Contains("article-2", StringComparison.Ordinal));
        Assert.Equal(addresses.Distinct(StringComparer.Ordinal).Count(), addresses.Count);
    }

    private static IEnumerable<string> Formats(string folder) => ((string[])["feed.atom", "feed.json", "feed.rss"]).Select(file => folder + file);

    private static async Task RenameAsync(HubRoom room, string name, string newName) =>
        Assert.Null((await room.Services.GetRequiredService<CategoryRenaming>().RenameAsync(name, newName, default)).Refusal);
}
