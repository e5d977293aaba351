using System.Globalization;
using Feeds.Articles;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Syndication.Tests;

/// <summary>The rooms up to Syndication on an empty database, with a folder of articles and a clock that stands still.</summary>
internal sealed class Newsstand : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private Newsstand(TestDatabase database)
    {
        this.database = database;
        services = Build(database.ConnectionString, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(Noon);

    public TestFolder Articles { get; } = new();

    public ChangeSignal Signal => services.GetRequiredService<ChangeSignal>();

    public ArticleStore Store => services.GetRequiredService<ArticleStore>();

    public CategoryRenaming Renaming => services.GetRequiredService<CategoryRenaming>();

    public FeedLibrary Library => services.GetRequiredService<FeedLibrary>();

    public FeedFolder Folder => services.GetRequiredService<FeedFolder>();

    public static async Task<Newsstand> OpenAsync(DatabaseProvider provider)
    {
        var stand = new Newsstand(await TestDatabase.CreateAsync(provider));
        await stand.database.MigrateAsync(stand.services);
        return stand;
    }

    /// <summary>Another process on the same database, started a year later.</summary>
    public ServiceProvider Neighbour() => Build(database.ConnectionString, new FakeTimeProvider(Noon.AddYears(1)));

    /// <summary>The highest number of an article.</summary>
    public int Numbered { get; private set; }

    /// <summary>Writes an article's file; the number says which, and its hour of publication.</summary>
    public void Write(int number, string categories, string body = "Du texte.", string more = "")
    {
        Numbered = Math.Max(Numbered, number);
        Articles.Write(
            string.Create(CultureInfo.InvariantCulture, $"{number:000}.md"),
            string.Create(CultureInfo.InvariantCulture, $"---\ntitle: \"Article n° {number} : l’été & « l’œuvre » 🌞\"\nslug: article-{number}\ndate: {Noon.AddHours(number - 20_000):yyyy-MM-dd'T'HH:mm:ss'Z'}\ncategories: [{categories}]\n{more}---\n{body}\n"));
    }

    /// <summary>Imports what can be, and says what can't.</summary>
    public Task<ImportReport> ImportAnyAsync() => services.GetRequiredService<FolderImport>().ImportAsync(Articles.Path, default);

    public async Task<ImportReport> ImportAsync()
    {
        var report = await ImportAnyAsync();
        Assert.Empty(report.Refused);
        return report;
    }

    public async Task<FeedDocument> FindAsync(string path) => (await Library.FindAsync(path, default))!;

    /// <summary>Takes a table out of the program's sight, or back into it.</summary>
    public Task RenameAsync(string table, string name) =>
        services.GetRequiredService<Database>().ReadAsync(connection => connection.ExecuteAsync($"ALTER TABLE {table} RENAME TO {name}"));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Articles.Dispose();
        await database.DisposeAsync();
    }

    private static ServiceProvider Build(string connectionString, TimeProvider clock) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(
                [
                    new("Storage:ConnectionString", connectionString),
                    new("Publication:BaseUrl", SampleArticles.Publication.BaseUrl),
                    new("Publication:Title", SampleArticles.Publication.Title),
                    new("Publication:Language", "fr"),
                    new("Publication:Author", SampleArticles.Publication.Author),
                ])
                .Build())
            .AddSingleton(clock)
            .AddLogging()
            .AddStorage()
            .AddArticles()
            .AddSyndication()
            .BuildServiceProvider();
}
