using System.Globalization;
using System.Net;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Proxies;

/// <summary>
/// The program with its sample, one category of it renamed and another one ended, the folder that it publishes, and nginx
/// and Caddy in front of each. Nothing is started where they are lacking.
/// </summary>
public sealed class FrontedSite : IAsyncLifetime, IDisposable
{
    public const string CachingNginx = "nginx before the program";
    public const string CaddySite = "Caddy before the program";
    public const string NginxFiles = "nginx with the folder";
    public const string CaddyFiles = "Caddy with the folder";

    /// <summary>What a category of the sample was called, as part of its address.</summary>
    public const string Renamed = "logistique-livraison";

    /// <summary>A category that has no article any more.</summary>
    public const string Ended = "perdu";

    private readonly TestFolder folder = new();
    private readonly List<IAsyncDisposable> fronts = [];
    private readonly Dictionary<string, Uri> addresses = new(StringComparer.Ordinal);
    private TestDatabase? database;
    private RunningSite? site;

    /// <summary>The published folder.</summary>
    public string Published => folder["public"];

    /// <summary>Asks the program itself.</summary>
    public HttpClient Client => site!.Client;

    /// <summary>Skips the test where something is lacking.</summary>
    /// <returns>A client of that front, which shows answers as they come; it knows no cookie.</returns>
    /// <param name="front">One of the names above.</param>
    /// <param name="from">The network address that it comes from.</param>
    public HttpClient Open(string front, string from = "127.0.0.1")
    {
        Lacking.SkipOrFail(FrontServer.Missing);
        return ClientOf(addresses[front], from);
    }

    public async Task InitializeAsync()
    {
        if (FrontServer.Missing is not null)
        {
            return;
        }

        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        site = await RunningSite.StartAsync(folder, database);
        await PublishAsync(site.Services);
        var ports = new[] { CachingNginx, NginxFiles, CaddySite, CaddyFiles }.ToDictionary(front => front, _ => ProgramProcess.FreePort(), StringComparer.Ordinal);
        foreach (var (front, port) in ports)
        {
            addresses[front] = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        }

        (string, string) origin = ("127.0.0.1:5000", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{site.Address.Port}"));
        (string, string) files = ("/srv/feeds", Published);
        fronts.Add(await FrontServer.StartNginxAsync("nginx-cache.conf", ports[CachingNginx], origin, ("/var/cache/feeds", folder["cache"])));
        fronts.Add(await FrontServer.StartNginxAsync("nginx-files.conf", ports[NginxFiles], files));
        fronts.Add(await FrontServer.StartCaddyAsync(ports[CaddySite], ports[CaddyFiles], origin, files));
    }

    public async Task DisposeAsync()
    {
        foreach (var front in fronts)
        {
            await front.DisposeAsync();
        }

        if (site is not null)
        {
            await site.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A client of that address, which comes from another one of this machine's.</summary>
    internal static HttpClient ClientOf(Uri address, string from = "127.0.0.1") =>
        new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = address };

    private async Task PublishAsync(IServiceProvider services)
    {
        await ImportAsync(services, "Perdu");
        await ImportAsync(services, "Retrouvé");
        var renamed = (await services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Single(state => string.Equals(state.Category.Slug, Renamed, StringComparison.Ordinal));
        Assert.Null((await services.GetRequiredService<CategoryRenaming>().RenameAsync(renamed.Category.Name, "Acheminement", default)).Refusal);
        await services.GetRequiredService<FeedLibrary>().RefreshAsync(default);
        await services.GetRequiredService<FeedFolder>().WriteAsync(Published, default);
    }

    private async Task ImportAsync(IServiceProvider services, string category)
    {
        folder.Write("articles/un.md", $"---\ntitle: Un\nslug: un\ndate: 2026-11-01T08:00:00Z\ncategories: [{category}]\n---\nDu texte.\n");
        Assert.Empty((await services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Refused);
    }
}
