using System.Text.Json;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Tests.Hub;

public sealed class FollowerTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_hub_of_others_is_told_of_each_topic_that_changed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hub = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: ("Feeds:Hubs:0", hub.Address("/?token=1")));
        await room.SaveAsync(1, "Prix");
        await room.SaveAsync(2, "Livraison");
        await room.SettleAsync();
        Assert.Empty(hub.Calls);

        await room.SaveAsync(3, "Prix");
        await room.SettleAsync();
        await room.SettleAsync();

        Assert.All(hub.Calls, call => Assert.Equal(("POST", "/?token=1", "publish"), (call.Method, call.Target, call.Form["hub.mode"])));
        string[] topics = ["categories/prix/feed.atom", "categories/prix/feed.json", "categories/prix/feed.rss", "feed.atom", "feed.json", "feed.rss"];
        Assert.Equal(topics.Select(path => HubRoom.Base + path), hub.Calls.Select(call => call.Form["hub.url"]!), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_hub_that_is_down_is_told_later_of_everything_since_also_after_a_restart(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hub = CallbackServer.Start();
        await using (var before = await HubRoom.OpenAsync(database, settings: ("Feeds:Hubs:0", hub.Address())))
        {
            await before.SaveAsync(1, "Prix");
            await before.SettleAsync();
            hub.Script = CallbackServer.Answer(502);
            await before.SaveAsync(2, "Prix");
            await before.SettleAsync();
            Assert.Single(hub.Calls);
            await before.SaveAsync(3, "Livraison");
            await before.PassAsync(TimeSpan.FromSeconds(29));
            Assert.Single(hub.Calls);
        }

        hub.Script = CallbackServer.AgreeAsync;
        await using var after = await HubRoom.OpenAsync(database, settings: ("Feeds:Hubs:0", hub.Address()));
        await after.PassAsync(TimeSpan.FromSeconds(30));

        var told = hub.Calls.Skip(1).Select(call => call.Form["hub.url"]!).ToList();
        Assert.Equal(9, told.Count);
        Assert.Contains(HubRoom.Base + "categories/prix/feed.rss", told, StringComparer.Ordinal);
        Assert.Contains(HubRoom.Base + "categories/livraison/feed.rss", told, StringComparer.Ordinal);
        Assert.Single(after.Logs.Of(2059));
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_purge_hook_gets_the_addresses_that_changed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hook = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: [("Feeds:PurgeHook", hook.Address("/purge")), ("Feeds:Hub:Enabled", "false")]);
        await room.SaveAsync(1, "Prix");
        await room.SaveAsync(2, "Livraison");
        await room.SettleAsync();

        await room.SaveAsync(1, "Prix", body: "Autre chose.");
        await room.SettleAsync();

        var call = Assert.Single(hook.Calls);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        using var json = JsonDocument.Parse(call.Body);
        Assert.False(json.RootElement.GetProperty("everything").GetBoolean());
        var addresses = json.RootElement.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()!).ToList();
        Assert.Superset(
            new HashSet<string>(
                [
                    HubRoom.Base, HubRoom.Base + "articles/article-1", HubRoom.Base + "categories/prix", HubRoom.Base + "categories/prix/feed.rss",
                    HubRoom.Base + "categories/prix/archive/1/feed.atom", HubRoom.Base + "archive/1/feed.json", HubRoom.Base + "feed.json",
                    HubRoom.Base + "feeds.opml", HubRoom.Base + "sitemap.xml", HubRoom.Base + "subscribe",
                ],
                StringComparer.Ordinal),
            addresses.ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(addresses, address => address.Contains("livraison", StringComparison.Ordinal) || address.Contains("article-2", StringComparison.Ordinal));
        Assert.Equal(addresses.Distinct(StringComparer.Ordinal).Count(), addresses.Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_purge_hook_gets_the_old_address_of_an_article_that_is_renamed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        using var hook = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: ("Feeds:PurgeHook", hook.Address("/purge")));
        await room.SaveAsync(1, "Prix");
        await room.SettleAsync();

        await room.SaveAsync(1, "Prix", slug: "renamed", more: "formerly: article-1\n");
        await room.SettleAsync();

        using var json = JsonDocument.Parse(Assert.Single(hook.Calls).Body);
        var addresses = json.RootElement.GetProperty("addresses").EnumerateArray().Select(address => address.GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>([HubRoom.Base + "articles/article-1", HubRoom.Base + "articles/renamed"], StringComparer.Ordinal), addresses);
    }

    [Fact]
    public async Task Followers_do_not_wait_for_each_other()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var hanging = CallbackServer.Start();
        using var hub = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database, settings: [("Feeds:Hubs:0", hanging.Address()), ("Feeds:Hubs:1", hub.Address())]);
        using var end = new CancellationTokenSource();
        hanging.Script = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);
        await room.SettleAsync();
        await room.SaveAsync(1);

        await room.Worker.TickAsync(default);
        await Eventually.TrueAsync(() => hub.Calls.Count == 3 && hanging.Calls.Count == 1, () => $"{hub.Calls.Count} and {hanging.Calls.Count}");

        room.Clock.Advance(Outbound.Patience);
        await room.Services.GetRequiredService<RunningWork>().WhenDoneAsync();
        await end.CancelAsync();
    }

    [Theory]
    [InlineData("Feeds:Hubs:0", "hub.example", "Feeds:Hubs:0 is no address")]
    [InlineData("Feeds:Hubs:0", "ftp://hub.example/", "Feeds:Hubs:0 is no address")]
    [InlineData("Feeds:Hubs:1", "https://hub.example/", "Feeds:Hubs:1 is there already")]
    [InlineData("Feeds:Hubs:6", "https://hub.example/6", "Feeds:Hubs has 6 addresses")]
    [InlineData("Feeds:PurgeHook", "/purge", "Feeds:PurgeHook is no address")]
    public void A_wrong_address_is_refused_with_a_sentence_that_names_its_key(string key, string value, string sentence)
    {
        var configuration = new ConfigurationManager();
        for (var hub = 0; hub < (key.EndsWith('6') ? 5 : 1); hub++)
        {
            configuration[$"Feeds:Hubs:{hub}"] = hub == 0 ? "https://hub.example/" : $"https://hub.example/{hub}";
        }

        configuration[key] = value;
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddSyndication().BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<FeedOptions>>().Value);

        Assert.Contains(refused.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
    }
}
