using System.Net;
using Feeds.Storage;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication.Tests.Hub;

public sealed class GuardTests
{
    [Theory, Attack(12)]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.254")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_the_Internet_does_not_reach_is_not_public(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.128.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    public void An_address_of_anybody_is_public(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory, Attack(12)]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST:8080/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    public void A_callback_that_is_private_on_its_face_is_refused_at_once(string callback)
    {
        var (address, refusal) = CallbackAddress.Read(callback, isPrivateAllowed: false);

        Assert.Null(address);
        Assert.NotNull(refusal);
    }

    [Theory, Attack(15)]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://a.example/")]
    [InlineData("ftp://a.example/")]
    [InlineData("data:text/plain,x")]
    [InlineData("unix:///run/docker.sock")]
    [InlineData("http://a.example:22/")]
    [InlineData("https://a.example:25/")]
    [InlineData("http://a.example:6379/")]
    [InlineData("http://a.example:5432/")]
    [InlineData("http://a.example:6667/")]
    public void Another_scheme_and_a_port_of_another_protocol_is_refused_also_where_private_ones_are_allowed(string callback)
    {
        var (address, refusal) = CallbackAddress.Read(callback, isPrivateAllowed: true);

        Assert.Null(address);
        Assert.EndsWith(".", refusal, StringComparison.Ordinal);
    }

    [Fact, Attack(12)]
    public async Task A_name_that_leads_inwards_is_not_called_and_not_asked_again()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var inside = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(
            database, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]), settings: ("Feeds:Hub:AllowPrivateCallbacks", "false"));
        await room.SaveAsync(1);

        Assert.Equal(HubAnswerKind.Accepted, (await room.AskAsync(inside.Address(host: "inside.example"))).Kind);
        await room.SettleAsync();

        Assert.Empty(inside.Calls);
        Assert.Empty(await room.SubscriptionsAsync());
        Assert.Contains("public Internet", Assert.Single(room.Logs.Of(2052)), StringComparison.Ordinal);
    }

    [Fact, Attack(14)]
    public async Task A_name_that_leads_inwards_later_is_not_called_any_more()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var subscriber = CallbackServer.Start();
        await using (var before = await HubRoom.OpenAsync(database, resolve: Loopback))
        {
            await before.SaveAsync(1);
            await before.SubscribeAsync(subscriber.Address(host: "subscriber.example"));
            await before.SaveAsync(2);
        }

        await using var after = await HubRoom.OpenAsync(database, resolve: Loopback, settings: ("Feeds:Hub:AllowPrivateCallbacks", "false"));
        await after.SettleAsync();

        Assert.Empty(subscriber.Posts);
        Assert.Equal(1, Assert.Single(await after.SubscriptionsAsync()).Failures);
    }

    [Fact, Attack(14)]
    public async Task The_address_that_was_checked_is_the_one_that_is_connected_to()
    {
        // No other resolver knows that name; asked a second time, this one would lead elsewhere.
        var asked = 0;
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var subscriber = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(
            database, resolve: (_, _) => Task.FromResult<IPAddress[]>([++asked == 1 ? IPAddress.Loopback : IPAddress.Parse("240.0.0.1")]));
        await room.SaveAsync(1);

        await room.SubscribeAsync(subscriber.Address(host: "subscriber.invalid"));

        Assert.Equal(1, asked);
        Assert.Single(subscriber.Calls);
    }

    [Fact, Attack(13)]
    public async Task A_redirect_inwards_is_not_followed_and_counts_as_a_failure()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var inside = CallbackServer.Start();
        using var subscriber = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address());
        subscriber.Script = (_, response) =>
        {
            response.StatusCode = 307;
            response.RedirectLocation = inside.Address();
            return Task.CompletedTask;
        };

        await room.SaveAsync(2);
        await room.SettleAsync();

        Assert.Single(subscriber.Posts);
        Assert.Empty(inside.Calls);
        Assert.Contains("redirects are not followed", Assert.Single(room.Logs.Of(2055)), StringComparison.Ordinal);
    }

    [Fact, Attack(40)]
    public async Task Neither_a_callback_nor_a_secret_is_logged()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var subscriber = CallbackServer.Start();
        await using var room = await HubRoom.OpenAsync(database);
        await room.SaveAsync(1);
        await room.SubscribeAsync(subscriber.Address("/path-token?key=query-token"), secret: "the-secret");
        foreach (var status in (int[])[500, 302, 410])
        {
            subscriber.Script = CallbackServer.Answer(status);
            await room.SaveAsync(2, body: $"Version {status}.");
            await room.PassAsync(TimeSpan.FromHours(1));
        }

        await room.AskAsync("http://127.0.0.1:65535/path-token?key=query-token", secret: "the-secret");
        await room.SettleAsync();

        Assert.Empty(await room.SubscriptionsAsync().ContinueWith(rows => rows.Result.Where(row => row.ExpiresAt is not null), TaskScheduler.Default));
        Assert.Contains("127.0.0.1", room.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("token", room.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret", room.Logs.Text, StringComparison.Ordinal);
    }

    private static Task<IPAddress[]> Loopback(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
}
