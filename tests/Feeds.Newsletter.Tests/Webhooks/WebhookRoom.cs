using System.Collections.Specialized;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Feeds.Newsletter.Subscribing;
using Feeds.Newsletter.Webhooks;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Tests.Webhooks;

/// <summary>A newsroom with webhooks called <c>hook0</c>, <c>hook1</c> … that lead to programs of the test's. Nothing runs by itself.</summary>
internal sealed class WebhookRoom : IAsyncDisposable
{
    public const string Ines = "ines@atelier.example.net";

    private readonly TestFolder folder;
    private readonly bool isBeside;

    private WebhookRoom(Newsroom news, TestFolder folder, IReadOnlyList<CallbackServer> receivers, byte[] secret, bool isBeside)
    {
        (News, this.folder, Receivers, Secret, this.isBeside) = (news, folder, receivers, secret, isBeside);
        news.Get<ILoggerFactory>().AddProvider(Logs);
    }

    public Newsroom News { get; }

    public IReadOnlyList<CallbackServer> Receivers { get; }

    public byte[] Secret { get; }

    public LogBook Logs { get; } = new();

    public WebhookDesk Desk => News.Get<WebhookDesk>();

    public WebhookBook Book => News.Get<WebhookBook>();

    public Webhook Hook => News.Get<ConfiguredWebhooks>().All[0];

    public static async Task<WebhookRoom> OpenAsync(DatabaseProvider provider, int receivers = 1, params (string Key, string Value)[] settings)
    {
        var secrets = new TestFolder();
        var secret = RandomNumberGenerator.GetBytes(32);
        var servers = Enumerable.Range(0, receivers).Select(_ => CallbackServer.Start()).ToList();
        var file = WriteSecret(secrets, "secret", "whsec_" + Convert.ToBase64String(secret));
        var hooks = servers.SelectMany((server, index) => ((string Key, string Value)[])
        [
            (Key(index, "Name"), string.Create(CultureInfo.InvariantCulture, $"hook{index}")), (Key(index, "Address"), server.Address("/told?token=hidden")), (Key(index, "SecretFile"), file),
        ]);
        var room = new WebhookRoom(await Newsroom.OpenAsync(provider, [.. hooks, .. settings]), secrets, servers, secret, isBeside: false);
        await room.Book.SetAsync(room.News.Get<ConfiguredWebhooks>().All, default);
        return room;
    }

    public static string WriteSecret(TestFolder folder, string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = folder.Write(name, text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }

        return file;
    }

    public static string Key(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"Newsletter:Webhooks:{index}:{name}");

    /// <summary>The same as another process has it.</summary>
    public WebhookRoom OpenBeside() => new(News.OpenBeside(), folder, Receivers, Secret, isBeside: true);

    /// <summary>Takes steps until nothing is due and nothing is under way.</summary>
    public async Task SettleAsync()
    {
        for (var step = 0; await Desk.StepAsync(default) > 0; step++)
        {
            Assert.True(step < 100, "something is sent again and again without a pause");
            await News.Get<RunningExchanges>().WhenDoneAsync();
        }
    }

    public Task PassAsync(TimeSpan time)
    {
        News.Clock.Advance(time);
        return SettleAsync();
    }

    /// <summary>Has somebody ask and confirm.</summary>
    public async Task JoinAsync(string email = Ines)
    {
        Assert.Null(await News.AskAsync(email));
        var mail = (await News.MailsAsync()).Last(mail => string.Equals(mail.Address, email, StringComparison.Ordinal));
        Assert.NotNull(await News.Subscribers.ConfirmAsync(Newsroom.TokenIn(mail.Link("confirm")), default));
    }

    public async Task<string> UnsubscribeTokenAsync(string email = Ines) => await TokenAsync(email, LinkPurpose.Unsubscribe, "weekly");

    public async Task<string> PreferencesTokenAsync(string email = Ines) => await TokenAsync(email, LinkPurpose.Preferences, "");

    public Task<long> NumberAsync(string email = Ines) =>
        News.Get<Database>().ReadAsync(connection => connection.GetTable<SubscriberRow>().Where(row => row.EmailKey == email).Select(row => row.Id).SingleAsync(default));

    public Task<int> WaitingAsync() => News.Get<Database>().ReadAsync(connection => connection.GetTable<WebhookDeliveryRow>().CountAsync());

    public async Task<WebhookListing> ListedAsync(int index = 0) => (await News.Get<WebhookList>().ListAsync(default))[index];

    /// <summary>What a program was told, each message's signature verified by what the specification says of it.</summary>
    public IReadOnlyList<Told> Told(int receiver = 0) => [.. Receivers[receiver].Calls.Select(call => Webhooks.Told.Read(call, Secret))];

    public async ValueTask DisposeAsync()
    {
        await News.DisposeAsync();
        if (!isBeside)
        {
            foreach (var server in Receivers)
            {
                server.Dispose();
            }

            folder.Dispose();
        }
    }

    private async Task<string> TokenAsync(string email, LinkPurpose purpose, string newsletter) =>
        LinkTokens.Write(await News.Get<LinkTokens>().KeyAsync(default), purpose, new LinkReference(await NumberAsync(email), newsletter, 0));
}

/// <summary>What a program was told.</summary>
internal sealed record Told(string Id, DateTimeOffset Sent, string Type, DateTimeOffset At, long? Subscriber, string? Email, string? Newsletter, string Source)
{
    /// <summary>Type, newsletter and source, which say it all of a story about one person.</summary>
    public string Words => $"{Type} {Newsletter} {Source}";

    public static Told Read(CallbackCall call, byte[] secret)
    {
        Assert.Equal(("POST", "/told?token=hidden", "application/json"), (call.Method, call.Target, call.Headers["Content-Type"]));
        var (id, seconds) = (Header(call.Headers, "webhook-id"), Header(call.Headers, "webhook-timestamp"));
        using var hmac = new HMACSHA256(secret);
        var signature = hmac.ComputeHash([.. Encoding.ASCII.GetBytes($"{id}.{seconds}."), .. call.Body]);
        Assert.Equal("v1," + Convert.ToBase64String(signature), Header(call.Headers, "webhook-signature"));
        var body = JsonDocument.Parse(call.Body).RootElement;
        Assert.Equal(["type", "timestamp", "data"], body.EnumerateObject().Select(one => one.Name), StringComparer.Ordinal);
        var data = body.GetProperty("data");
        Assert.Equal(["subscriber", "email", "newsletter", "source"], data.EnumerateObject().Select(one => one.Name), StringComparer.Ordinal);
        Assert.EndsWith("Z", body.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        return new Told(
            id,
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)),
            body.GetProperty("type").GetString()!,
            body.GetProperty("timestamp").GetDateTimeOffset(),
            data.GetProperty("subscriber").ValueKind == JsonValueKind.Null ? null : data.GetProperty("subscriber").GetInt64(),
            data.GetProperty("email").GetString(),
            data.GetProperty("newsletter").GetString(),
            data.GetProperty("source").GetString()!);
    }

    private static string Header(NameValueCollection headers, string name) => Assert.Single(headers.GetValues(name)!);
}
