using System.Globalization;
using System.Net;
using Feeds.Articles;
using Feeds.Host.FeedHttp;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Host.Tests.FeedHttp;

/// <summary>The feeds of a few articles behind a real socket, and nothing else of the program.</summary>
public sealed class FeedServer : IAsyncLifetime, IDisposable
{
    /// <summary>A field with the network address that a request pretends to come from.</summary>
    public const string Sender = "Test-Sender";

    private readonly TestFolder articles = new();
    private TestDatabase? database;
    private WebApplication? application;

    /// <summary>Sends requests as they are given and shows answers as they came.</summary>
    public HttpClient Client { get; private set; } = new();

    public FeedLibrary Library => application!.Services.GetRequiredService<FeedLibrary>();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new("Storage:ConnectionString", database.ConnectionString), new("Publication:BaseUrl", "https://journal.example")]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStorage().AddArticles().AddSyndication().AddSingleton(new FeedRateLimit(new FakeTimeProvider()));
        application = builder.Build();
        application.Use((context, next) =>
        {
            if (IPAddress.TryParse(context.Request.Headers[Sender], out var sender))
            {
                context.Connection.RemoteIpAddress = sender;
            }

            return next(context);
        });
        application.UseMiddleware<FeedMiddleware>();
        await database.MigrateAsync(application.Services);
        for (var number = 1; number <= 3; number++)
        {
            Write(number, "Les Prix");
        }

        await ImportAsync();
        await application.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false }) { BaseAddress = new Uri(application.Urls.Single()) };
    }

    /// <summary>Writes an article, and lets the feeds follow.</summary>
    public async Task ChangeAsync(int number, string categories)
    {
        Write(number, categories);
        await ImportAsync();
        await Library.RefreshAsync(default);
    }

    public async Task DisposeAsync()
    {
        await application!.DisposeAsync();
        await database!.DisposeAsync();
    }

    public void Dispose()
    {
        Client.Dispose();
        articles.Dispose();
    }

    private void Write(int number, string categories) =>
        articles.Write(
            string.Create(CultureInfo.InvariantCulture, $"{number}.md"),
            string.Create(CultureInfo.InvariantCulture, $"---\ntitle: Article {number}\ndate: 2026-01-{number:00}T08:00:00Z\ncategories: [{categories}]\n---\n{new string('é', 5000)}\n"));

    private Task<ImportReport> ImportAsync() => application!.Services.GetRequiredService<FolderImport>().ImportAsync(articles.Path, default);
}
