using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Syndication;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Feeds.Host.Tests.Attacks;

/// <summary>The tests that share a <see cref="HostileStand"/>; each comes from networks of its own, and leaves it as it was.</summary>
[CollectionDefinition(Name)]
public sealed class SharedStand : ICollectionFixture<HostileStand>
{
    public const string Name = "hostile stand";
}

/// <summary>
/// A running site in which all that has a name is called by markup and by Razor, with a reader to whom an edition of it came
/// and whose mail then bounced with the like, and an admin who is signed in.
/// </summary>
public sealed class HostileStand : IAsyncLifetime, IDisposable
{
    /// <summary>Read by a browser, it would run.</summary>
    public const string Markup = "<img src=x onerror=alert(1)>";

    /// <summary>Compiled, it would say 46627, and what a file of this machine says.</summary>
    public const string Razor = "@(6661*7) @{System.IO.File.ReadAllText(\"/etc/passwd\")} @Model";

    public const string Title = $"Titre {Markup} {Razor}";
    public const string Summary = $"Chapeau {Markup} {Razor}";
    public const string Body = $"Texte `{Markup}` {Razor}\n\n.\n\n<svg onload=alert(1)></svg><script>alert(1)</script><a href=\"javascript:alert(1)\">lien</a> <p style=\"background:url(https://evil.example/)\" onclick=alert(1)>Fin</p>\n";
    public const string Author = $"Ann {Markup} {Razor}";
    public const string Category = $"Prix {Markup} @(6661*7)";
    public const string Newsletter = $"Lettre {Markup} {Razor}";
    public const string Cadence = $"Récap {Markup} @(6661*7)";

    /// <summary>A formula to a spreadsheet, and an attribute to a page that doesn't encode.</summary>
    public const string Reader = "=cmd|'onfocus='x@blog.example";

    /// <summary>What the reader's server says of them; a terminal would take the beginning for a command.</summary>
    public const string Diagnosis = $"\u001b]0;evil\u0007\u009b2J=HYPERLINK(1) {Markup} {Razor}";

    private const string HookKey = "hook-key";

    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private ScriptedSmtpServer relay = null!;

    internal RunningSite Site { get; private set; } = null!;

    /// <summary>The settings that a command needs to work on the same database.</summary>
    public string[] Settings => [$"--Storage:ConnectionString={database.ConnectionString}"];

    public string Folder => folder.Path;

    /// <summary>The reader's edition.</summary>
    public MimeMessage Mail { get; private set; } = null!;

    /// <summary>The admin's cookie.</summary>
    public string Session { get; private set; } = "";

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        relay = ScriptedSmtpServer.Start();
        Directory.CreateDirectory(folder["empty"]);
        Site = await RunningSite.StartAsync(
            folder, database, "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None",
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"), "--Mail:Events:0:Relay=mailgun", $"--Mail:Events:0:KeyFile={folder.Write("key", HookKey)}",
            $"--Articles:Folder={folder["empty"]}", $"--Publication:Title=Atelier {Markup} {Razor} ]]>", $"--Publication:Author={Author}",
            $"--Newsletter:Newsletters:0:Title={Newsletter}", $"--Newsletter:Cadences:0:Title={Cadence}");
        await PublishAsync();
        await SubscribeAsync();
        await BounceAsync();
        Session = await Site.OpenAdminAsync();
    }

    public async Task DisposeAsync()
    {
        await (Site?.DisposeAsync() ?? ValueTask.CompletedTask);
        await relay.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Another of the same form, which is nobody's.</summary>
    public static string Spoilt(string link, int letter) => $"{link[..^(letter + 1)]}{(link[^(letter + 1)] is 'A' ? 'B' : 'A')}{link[^letter..]}";

    /// <summary>The path of the first link of that kind in the reader's mail, with its token.</summary>
    public string Link(string kind) => Regex.Match($"{Mail.TextBody} {Mail.Headers["List-Unsubscribe"]}", $"/{kind}/[A-Za-z0-9_.-]+", RegexOptions.NonBacktracking).Value;

    /// <summary>A request, with the admin's cookie where it is to be the admin's.</summary>
    public Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? content = null, bool asAdmin = false, string from = "198.51.100.1") =>
        Site.SendAsync(method, path, from, asAdmin ? Session : "", content);

    public async Task<string> ReadAsync(string path, bool asAdmin = false)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, asAdmin: asAdmin);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task PublishAsync()
    {
        static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        folder.Write("articles/hostile.md", $"---\ntitle: {Quoted(Title)}\nslug: hostile\nsummary: {Quoted(Summary)}\nauthor: {Quoted(Author)}\ndate: 2026-11-01T08:00:00+01:00\ncategories: [{Quoted(Category)}]\n---\n{Body}");
        Assert.Empty((await Site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Refused);
        await Site.Services.GetRequiredService<FeedLibrary>().RefreshAsync(default);
    }

    private async Task SubscribeAsync()
    {
        var file = folder.Write("people.csv", $"email,content\n{Reader},full\n");
        var report = await Site.Services.GetRequiredService<SubscriberFiles>().ImportAsync(new SubscriberImportRequest(file) { Cadence = "weekly", Source = $"fair {Markup} {Razor}" }, progress: null, default);
        Assert.Equal(0, report.RefusedCount);
        folder.Write("more/next.md", $"---\ntitle: '{Title.Replace("'", "''", StringComparison.Ordinal)}'\nslug: next\nauthor: Bob\ndate: 2026-11-22T08:00:00+01:00\ncategories: ['{Category}']\n---\n{Body}");
        Assert.Empty((await Site.Services.GetRequiredService<FolderImport>().ImportAsync(folder["more"], default)).Refused);
        await Site.Services.GetRequiredService<Editions>().MakeAsync("weekly", RunningSite.Start.AddHours(1), default);
        await Site.StepUntilAsync(() => Task.FromResult(relay.Ledger.Messages.Count > 0), "the reader's edition");
        Mail = await MimeMessage.LoadAsync(new MemoryStream(Assert.Single(relay.Ledger.Messages).Bytes.ToArray()));
        await Site.StepUntilAsync(async () => (await Site.Services.GetRequiredService<Editions>().ListAsync(10, default)).All(edition => edition.State == EditionState.Done), "the edition is done");
    }

    private async Task BounceAsync()
    {
        var timestamp = Site.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(HookKey), Encoding.UTF8.GetBytes($"{timestamp}token")));
        var post = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["signature"] = new { token = "token", timestamp, signature },
            ["event-data"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["event"] = "failed",
                ["severity"] = "permanent",
                ["reason"] = "bounce",
                ["recipient"] = Reader,
                ["message"] = new { headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["message-id"] = Mail.MessageId! } },
                ["delivery-status"] = new { code = 550, message = Diagnosis },
            },
        });
        using var content = new StringContent(post, Encoding.UTF8, "application/json");
        using var answer = await AskAsync(HttpMethod.Post, "/mail/events/mailgun", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
