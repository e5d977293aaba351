using System.Globalization;
using System.Net;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication.Hub;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Syndication.Tests.Hub;

/// <summary>One process of the program as far as the hub needs it, on a clock that the test moves. Nothing runs by itself.</summary>
internal sealed class HubRoom : IAsyncDisposable
{
    public const string Base = "https://journal.example/lire/";

    private readonly ServiceProvider services;
    private readonly TestFolder articles = new();

    private HubRoom(ServiceProvider services, FakeTimeProvider clock)
    {
        this.services = services;
        Clock = clock;
    }

    public FakeTimeProvider Clock { get; }

    public LogBook Logs { get; } = new();

    public IServiceProvider Services => services;

    public WebSubHub Hub => services.GetRequiredService<WebSubHub>();

    public HubWorker Worker => services.GetRequiredService<HubWorker>();

    /// <summary>A process on that database, in which subscribers may be on this machine unless the settings say otherwise.</summary>
    public static async Task<HubRoom> OpenAsync(TestDatabase database, FakeTimeProvider? clock = null, ResolveHost? resolve = null, params (string Key, string Value)[] settings)
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        var configuration = new ConfigurationManager
        {
            ["Storage:ConnectionString"] = database.ConnectionString,
            ["Publication:BaseUrl"] = Base,
            ["Publication:Title"] = "Le Journal",
            ["Feeds:Hub:AllowPrivateCallbacks"] = "true",
        };
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        var collection = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(clock)
            .AddLogging()
            .AddStorage()
            .AddArticles()
            .AddSyndication()
            .AddSyndicationWorker();
        if (resolve is not null)
        {
            collection.AddSingleton(resolve);
        }

        var room = new HubRoom(collection.BuildServiceProvider(), clock);
        room.services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>().AddProvider(room.Logs);
        await database.MigrateAsync(room.services);
        return room;
    }

    /// <summary>Publishes an article, or another version of it.</summary>
    public async Task SaveAsync(int number, string categories = "", string body = "Du texte.", string more = "", string? slug = null)
    {
        articles.Write(
            string.Create(CultureInfo.InvariantCulture, $"{number:000}.md"),
            string.Create(CultureInfo.InvariantCulture, $"---\ntitle: Article {number}\nslug: {slug ?? $"article-{number}"}\ndate: 2026-03-0{number}T08:00:00Z\ncategories: [{categories}]\n{more}---\n{body}\n"));
        Assert.Empty((await services.GetRequiredService<FolderImport>().ImportAsync(articles.Path, default)).Refused);
    }

    /// <summary>Posts a request as a subscriber would.</summary>
    public Task<HubAnswer> AskAsync(string callback, string path = "feed.atom", string mode = "subscribe", string? lease = null, string? secret = null) =>
        Hub.TakeAsync(new HubRequest(mode, Base + path, callback, lease, secret), default);

    /// <summary>Subscribes, and has it confirmed.</summary>
    public async Task SubscribeAsync(string callback, string path = "feed.atom", string? lease = null, string? secret = null)
    {
        Assert.Equal(HubAnswerKind.Accepted, (await AskAsync(callback, path, "subscribe", lease, secret)).Kind);
        await SettleAsync();
        Assert.Contains(await SubscriptionsAsync(), row => string.Equals(row.Callback, callback, StringComparison.Ordinal) && string.Equals(row.Topic, path, StringComparison.Ordinal) && row.ExpiresAt is not null);
    }

    /// <summary>Takes steps until nothing is due and nothing is under way.</summary>
    public async Task SettleAsync()
    {
        while (await Worker.TickAsync(default) > 0)
        {
            await services.GetRequiredService<RunningWork>().WhenDoneAsync();
        }
    }

    /// <summary>Moves the clock, then settles.</summary>
    public Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return SettleAsync();
    }

    public async Task<FeedDocument> FindAsync(string path = "feed.atom")
    {
        var library = services.GetRequiredService<FeedLibrary>();
        await library.RefreshAsync(default);
        return (await library.FindAsync(path, default))!;
    }

    public Task<List<SubscriptionRow>> SubscriptionsAsync() =>
        services.GetRequiredService<Database>().ReadAsync(connection => connection.GetTable<SubscriptionRow>().OrderBy(row => row.Id).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        articles.Dispose();
    }
}
