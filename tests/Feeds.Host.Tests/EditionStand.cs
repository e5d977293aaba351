using System.Globalization;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>A running site that has sent an edition: two readers want everything, the third one topic.</summary>
internal sealed class EditionStand : IAsyncDisposable
{
    private readonly TestFolder articles = new();

    // The program's own stays empty, so that the sample isn't published either.
    private readonly TestFolder empty = new();
    private Stand stand = null!;

    private EditionStand()
    {
    }

    public RunningSite Site => stand.Site;

    public static async Task<EditionStand> OpenAsync(DatabaseProvider provider, params string[] settings)
    {
        var opened = new EditionStand();
        opened.stand = await Stand.OpenAsync(provider, [$"--Articles:Folder={opened.empty.Path}", .. settings]);
        await opened.PublishAsync("bon", "Un bon article");
        await opened.PublishAsync("second", "Un second article", "categories: [Essais]");
        await opened.AddAsync("l1@blog.example");
        await opened.AddAsync("l2@blog.example");
        await opened.AddAsync("l3@blog.example", "essais");
        await opened.MakeAsync(RunningSite.Start.AddHours(1));
        foreach (var reader in (string[])["l1@blog.example", "l2@blog.example", "l3@blog.example"])
        {
            await opened.stand.WaitForMailAsync(reader);
        }

        return opened;
    }

    /// <summary>Writes the article, each newer than the one before, and imports it.</summary>
    public async Task PublishAsync(string slug, string title, string more = "status: published")
    {
        var day = slug switch { "bon" => 1, "second" => 2, _ => 3 };
        articles.Write($"{slug}.md", string.Create(CultureInfo.InvariantCulture, $"---\ntitle: {title}\nslug: {slug}\ndate: 2026-11-0{day}T08:00:00+01:00\n{more}\n---\nUn paragraphe qui en dit assez sur « {slug} ».\n"));
        Assert.Empty((await Site.Services.GetRequiredService<FolderImport>().ImportAsync(articles.Path, default)).Refused);
    }

    public async Task MakeAsync(DateTimeOffset slot) =>
        Assert.NotNull((await Site.Services.GetRequiredService<Editions>().MakeAsync("weekly", slot, default))!.MailingKey);

    /// <summary>To how many mails went.</summary>
    public int Recipients => stand.Recipients.Count;

    public bool HasMailTo(string email) => stand.Recipients.Contains(email, StringComparer.Ordinal);

    public MimeMessage MailTo(string email) => stand.MailTo(email);

    public async ValueTask DisposeAsync()
    {
        await stand.DisposeAsync();
        articles.Dispose();
        empty.Dispose();
    }

    private async Task AddAsync(string email, params string[] categories) =>
        Assert.Null(await Site.Services.GetRequiredService<Subscribers>().AddConfirmedAsync(email, "weekly", categories, default));
}
