using System.Globalization;
using System.Text;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Joining;
using Feeds.Storage;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Newsletter.Tests;

/// <summary>A publication with its real store, newsletter and outbox on an empty database; the clock is ours.</summary>
internal sealed class Newsroom : IAsyncDisposable
{
    public const string Base = "https://atelier.example.net/lettres/";

    private readonly TestDatabase database;
    private readonly TestFolder folder = new();
    private readonly Dictionary<string, string?> settings;
    private readonly ServiceProvider services;
    private readonly bool isBeside;
    private int written;

    private Newsroom(TestDatabase database, Dictionary<string, string?> settings, MailTemplates templates, bool isBeside = false)
    {
        this.database = database;
        this.settings = settings;
        this.isBeside = isBeside;
        services = Services(settings, templates);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));

    public DeliveryLoop Loop => services.GetRequiredService<DeliveryLoop>();

    public Editions Editions => services.GetRequiredService<Editions>();

    public Subscribers Subscribers => services.GetRequiredService<Subscribers>();

    public CadenceStore Cadences => services.GetRequiredService<CadenceStore>();

    public MailTemplates Templates => services.GetRequiredService<MailTemplates>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static Task<Newsroom> OpenAsync(DatabaseProvider provider, params (string Key, string Value)[] settings) =>
        OpenAsync(provider, Mails.Templates, settings);

    /// <summary>With templates of its own: compiled anew, which takes its time, and so counting only its own renderings.</summary>
    public static async Task<Newsroom> OpenAsync(DatabaseProvider provider, MailTemplates templates, params (string Key, string Value)[] settings)
    {
        var empty = await TestDatabase.CreateAsync(provider);
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Storage:ConnectionString"] = empty.ConnectionString,
            ["Publication:BaseUrl"] = Base,
            ["Publication:Title"] = "L’Atelier du commerce",
            ["Publication:Language"] = "fr",
            ["Publication:TimeZone"] = "Europe/Paris",
            ["Publication:Author"] = "L’équipe",
            ["Mail:From"] = "lettre@atelier.example.net",
            ["Newsletter:Cadences:0:Name"] = "weekly",
            ["Newsletter:Cadences:0:Title"] = "Le récap’ du lundi",
            ["Newsletter:Cadences:0:Cron"] = "0 0 8 ? * MON",
            ["Newsletter:Cadences:1:Name"] = "daily",
            ["Newsletter:Cadences:1:Cron"] = "0 30 7 * * ?",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var room = new Newsroom(empty, all, templates);
        await empty.MigrateAsync(room.services);
        await room.Cadences.SeedAsync(default);
        return room;
    }

    /// <summary>Settings that send over a real connection to that port, one message at a time.</summary>
    public static (string Key, string Value)[] Live(int port) =>
    [
        ("Mail:Mode", "live"),
        ("Mail:Smtp:Host", "localhost"),
        ("Mail:Smtp:Port", port.ToString(CultureInfo.InvariantCulture)),
        ("Mail:Smtp:Security", "None"),
        ("Mail:Smtp:Connections", "1"),
    ];

    /// <summary>The same publication as another process has it.</summary>
    public Newsroom OpenBeside() => new(database, settings, Mails.Templates, isBeside: true);

    private ServiceProvider Services(Dictionary<string, string?> settings, MailTemplates templates) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddStorage().AddArticles().AddMail(_ => "https://example.org").AddNewsletter(Mails.TemplatesFolder)
            .AddSingleton(templates)
            .BuildServiceProvider();

    /// <summary>Publishes an article dated at noon of a day of October 2026; it is imported now.</summary>
    public async Task PublishAsync(string title, int day = 1, params string[] categories)
    {
        written++;
        var text = new StringBuilder("---\n").Append(CultureInfo.InvariantCulture, $"title: \"{title}\"\nslug: article-{written}\ndate: 2026-10-{day:00}T12:00:00+02:00\nauthor: L’équipe\n");
        if (categories.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"categories: [{string.Join(", ", categories.Select(one => $"\"{one}\""))}]\n");
        }

        folder.Write($"{written:0000}.md", text.Append(CultureInfo.InvariantCulture, $"---\n\nUn paragraphe sur {title}, assez long pour faire un résumé.\n").ToString());
        var report = await Get<FolderImport>().ImportAsync(folder.Path, default);
        Assert.Empty(report.Refused);
        Assert.Equal(1, report.Added);
    }

    /// <summary>Writes another status into the file of the n-th article and imports it.</summary>
    public Task SetStatusAsync(int number, string status) => RewriteAsync(number, "status", status);

    /// <summary>Writes another title into the file of the n-th article and imports it.</summary>
    public Task SetTitleAsync(int number, string title) => RewriteAsync(number, "title", title);

    private async Task RewriteAsync(int number, string key, string value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{number:0000}.md");
        var lines = (await File.ReadAllLinesAsync(folder[name])).Where(line => !line.StartsWith($"{key}:", StringComparison.Ordinal)).ToList();
        lines.Insert(1, $"{key}: {value}");
        await File.WriteAllLinesAsync(folder[name], lines);
        Assert.Equal(1, (await Get<FolderImport>().ImportAsync(folder.Path, default)).Changed);
    }

    public async Task<EditionResult> MakeAsync(string cadence, int hour) =>
        (await Editions.MakeAsync(cadence, Slot(hour), default))!;

    public static DateTimeOffset Slot(int hour) => new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero).AddHours(hour);

    public async Task AddAsync(string email, string cadence = "weekly", params string[] categories) =>
        Assert.Null(await Subscribers.AddConfirmedAsync(email, cadence, categories, default));

    /// <summary>Asks as a form does that a visitor took their time for, and lets the worker take its step.</summary>
    /// <returns>Why it can't be taken.</returns>
    public async Task<string?> AskAsync(string? email, string? cadence = "weekly", IReadOnlyList<string>? categories = null)
    {
        var answer = await Subscribers.AskAsync(new JoinForm(email, cadence, categories ?? []) { IsSure = true }, default);
        await Get<JoinDesk>().StepAsync(default);
        return answer.Text;
    }

    /// <summary>Every mail that is in the outbox, as rows say.</summary>
    public async Task<IReadOnlyList<SentMail>> MailsAsync(string? mailingKey = null)
    {
        await using var connection = Get<Database>().Open();
        var rows = connection.Query<SentMail>(
            "SELECT m.key AS mailing_key, d.address, d.message_id, d.personal, d.unsubscribe_url, d.state, c.subject, c.text, c.html "
            + "FROM delivery d JOIN mailing m ON m.id = d.mailing_id JOIN mail_content c ON c.id = d.content_id ORDER BY d.id").ToList();
        return mailingKey is null ? rows : rows.FindAll(row => string.Equals(row.MailingKey, mailingKey, StringComparison.Ordinal));
    }

    public static string TokenIn(string? address) => address!.Split('/')[^1];

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
        if (!isBeside)
        {
            await database.DisposeAsync();
        }
    }
}

/// <summary>A mail of the outbox.</summary>
internal sealed class SentMail
{
    [Column("mailing_key")]
    public string MailingKey { get; set; } = "";

    [Column("address")]
    public string Address { get; set; } = "";

    [Column("message_id")]
    public string MessageId { get; set; } = "";

    [Column("personal")]
    public string Personal { get; set; } = "{}";

    [Column("unsubscribe_url")]
    public string? UnsubscribeUrl { get; set; }

    [Column("state")]
    public string State { get; set; } = "";

    [Column("subject")]
    public string Subject { get; set; } = "";

    [Column("text")]
    public string Text { get; set; } = "";

    [Column("html")]
    public string Html { get; set; } = "";

    public string Link(string name) =>
        System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string?>>(Personal)![name] ?? UnsubscribeUrl!;

    public IReadOnlyList<string> Titles => TitlesIn(Text);

    /// <summary>The articles that a plain text tells of.</summary>
    public static IReadOnlyList<string> TitlesIn(string text) => [.. text.Split('\n').Where(line => line.StartsWith("Lire « ", StringComparison.Ordinal) || line.StartsWith("Lire «\u00A0", StringComparison.Ordinal)).Select(line => line[7..^2])];
}
