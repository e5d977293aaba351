using Feeds.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Articles.Tests;

/// <summary>The room of articles on an empty database, with a folder of its own and a clock that stands still.</summary>
internal sealed class Newsroom : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private Newsroom(TestDatabase database, FakeTimeProvider clock, IReadOnlyDictionary<string, string?> settings)
    {
        this.database = database;
        Clock = clock;
        services = Build(database.ConnectionString, clock, settings, Book);
    }

    public TestFolder Folder { get; } = new();

    public FakeTimeProvider Clock { get; }

    public LogBook Book { get; } = new();

    public ArticleStore Store => services.GetRequiredService<ArticleStore>();

    public static async Task<Newsroom> OpenAsync(DatabaseProvider provider, params (string Key, string Value)[] settings)
    {
        var newsroom = new Newsroom(
            await TestDatabase.CreateAsync(provider),
            new FakeTimeProvider(Noon),
            settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.Ordinal));
        await newsroom.database.MigrateAsync(newsroom.services);
        return newsroom;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Another process on the same database.</summary>
    public ServiceProvider Neighbour(params (string Key, string Value)[] settings) =>
        Build(database.ConnectionString, Clock, settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.Ordinal), Book);

    public Task<ImportReport> ImportAsync() => Get<FolderImport>().ImportAsync(Folder.Path, default);

    /// <summary>Writes an article; lines of front matter beside title and date may be given.</summary>
    public string Write(string name, string title, string date, string body = "Some text.", params string[] lines) =>
        Folder.Write(name, $"---\ntitle: \"{title}\"\ndate: {date}\n{string.Concat(lines.Select(line => line + "\n"))}---\n{body}\n");

    /// <summary>Imports one article of that text and returns it.</summary>
    public async Task<Article> ReadAsync(string body, params string[] lines)
    {
        Write("sample.md", "Sample", "2026-03-01T08:00:00Z", body, lines);
        var report = await ImportAsync();
        Assert.Empty(report.Refused);
        return (await Store.FindAsync("sample", default))!;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Folder.Dispose();
        await database.DisposeAsync();
    }

    private static ServiceProvider Build(string connectionString, TimeProvider clock, IReadOnlyDictionary<string, string?> settings, LogBook book) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new("Storage:ConnectionString", connectionString), new("Publication:BaseUrl", "https://atelier.example"), new("Publication:TimeZone", "Europe/Paris"), new("Publication:Language", "fr")])
                .AddInMemoryCollection(settings)
                .Build())
            .AddSingleton(clock)
            .AddLogging(logging => logging.AddProvider(book))
            .AddStorage()
            .AddArticles()
            .AddArticlesWorker()
            .BuildServiceProvider();
}
