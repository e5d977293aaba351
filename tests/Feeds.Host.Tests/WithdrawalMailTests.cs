using System.Globalization;
using Feeds.Articles;
using Feeds.Host.Commands;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Feeds.Host.Tests;

/// <summary>An article's file says "removed" while the edition that has it goes out: the whole program, real files, real mails.</summary>
public sealed class WithdrawalMailTests
{
    private const string Slot = "2026-11-23T08:00:00+01:00";
    private const int Subscribers = 30;
    private const int SentBefore = 5;

    [DatabaseTheory, EachDatabase]
    public async Task An_article_whose_file_says_removed_is_in_no_mail_that_is_begun_afterwards(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { BeforeAnswer = address => address is "l3@blog.example" ? pause.HoldAsync() : Task.CompletedTask });
        Write(folder, "bon", "Un bon article", "Essais");
        Write(folder, "faux", "Un article faux", "Essais", "Erreurs");
        await using var site = await RunningSite.StartAsync(folder, database, [$"--Articles:Folder={folder["articles"]}", .. Live(relay)]);
        await site.StepUntilAsync(async () => await site.Services.GetRequiredService<ArticleStore>().FindAsync("faux", default) is not null, "both articles are public");
        var subscribers = site.Services.GetRequiredService<Subscribers>();
        for (var reader = 1; reader <= 6; reader++)
        {
            Assert.Null(await subscribers.AddConfirmedAsync($"l{reader}@blog.example", "weekly", reader == 6 ? ["erreurs"] : [], default));
        }

        site.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 23, 6, 59, 58, TimeSpan.Zero));
        await site.StepUntilAsync(() => Task.FromResult(pause.Reached.IsCompleted), "the third mail is in flight");
        Write(folder, "faux", "Un article faux", "Essais", "Erreurs", "status: removed");
        await site.StepUntilAsync(async () => await site.Services.GetRequiredService<ArticleStore>().FindAsync("faux", default) is null, "the article is withdrawn");
        pause.Release();
        await site.StepUntilAsync(async () => (await EditionAsync(site.Services)).Counts.Open == 0, "the edition is done");

        Assert.Equal(
            ["l1@blog.example: with it", "l2@blog.example: with it", "l3@blog.example: with it", "l4@blog.example: without", "l5@blog.example: without"],
            relay.Ledger.Messages.Where(IsEdition).Select(message => $"{message.To}: {(Tells(message) ? "with it" : "without")}"), StringComparer.Ordinal);
        Assert.Equal(new DeliveryCounts(0, 0, 5, 0, 0, 1, 0) { Withdrawn = 1 }, (await EditionAsync(site.Services)).Counts);
        var (_, listed, _) = await ProgramProcess.RunAsync(folder.Path, "edition", "list", "--Storage:ConnectionString", database.ConnectionString);
        Assert.Contains("5 accepted, 1 suppressed because their articles were withdrawn", listed, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_process_killed_before_it_has_written_the_new_mails_leaves_whole_ones_and_forgets_nobody(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        var pause = new PausedAnswer();
        await using var relay = ScriptedSmtpServer.Start();
        relay.Script.BeforeAnswer = _ => relay.Ledger.Messages.Count == SentBefore ? pause.HoldAsync() : Task.CompletedTask;
        await using var services = await PrepareAsync(folder, database);
        string[] run = ["edition", "run", "weekly", "--slot", Slot, $"--Storage:ConnectionString={database.ConnectionString}", .. Live(relay)];
        await using (var program = ProgramProcess.Start(folder.Path, run))
        {
            await Eventually.TrueAsync(() => pause.Reached.IsCompleted, () => program.Printed);
            Write(folder, "faux", "Un article faux", "Essais", "status: removed");
            Assert.Equal(1, (await services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Changed);
            await using var blocked = services.GetRequiredService<Database>().Open();
            await BlockAsync(blocked, provider);
            pause.Release();
            // On PostgreSQL one can see that it waits to write what it has rendered, though not within a transaction, which goes
            // on seeing what it saw first; on SQLite it can't write anything at all.
            await using var observer = services.GetRequiredService<Database>().Open();
            await Eventually.TrueAsync(
                async () => provider == DatabaseProvider.Sqlite || await observer.ExecuteAsync<long>("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0,
                () => program.Printed);
            program.Kill();
            await program.WaitForEndAsync();
        }

        Assert.Equal(SentBefore, relay.Ledger.Messages.Count);
        await using var heir = ProgramProcess.Start(folder.Path, run);
        Assert.Equal(0, await heir.WaitForEndAsync());

        Assert.Equal(
            [.. Enumerable.Repeat(true, SentBefore), .. Enumerable.Repeat(false, relay.Ledger.Messages.Count - SentBefore)], relay.Ledger.Messages.Select(Tells));
        Assert.All(relay.Ledger.Messages, message => Assert.Contains("Un bon article", Mail(message).TextBody, StringComparison.Ordinal));
        var counts = (await EditionAsync(services)).Counts;
        Assert.Equal(new DeliveryCounts(0, 0, Subscribers, 0, 0, 0, 0) { PossiblyTwice = 1 }, counts);
        var received = relay.Ledger.Recipients.CountBy(to => to, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(Subscribers, received.Count);
        Assert.Equal(received.Where(one => one.Value > 1).Select(one => one.Key), await Audience.PossiblyTwiceAsync(database), StringComparer.Ordinal);
    }

    private static async Task<ServiceProvider> PrepareAsync(TestFolder folder, TestDatabase database)
    {
        Write(folder, "bon", "Un bon article", "Essais");
        Write(folder, "faux", "Un article faux", "Essais");
        var services = CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}", $"--Mail:PickupFolder={folder["mails"]}"]);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await Startup.SeedStore.RunAsync(services, default);
        Assert.Equal(2, (await services.GetRequiredService<FolderImport>().ImportAsync(folder["articles"], default)).Added);
        for (var reader = 1; reader <= Subscribers; reader++)
        {
            Assert.Null(await services.GetRequiredService<Subscribers>().AddConfirmedAsync(string.Create(CultureInfo.InvariantCulture, $"l{reader}@blog.example"), "weekly", [], default));
        }

        return services;
    }

    /// <summary>Keeps every other process from revising an edition until the connection is closed.</summary>
    private static async Task BlockAsync(DataConnection connection, DatabaseProvider provider)
    {
        await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
        if (provider == DatabaseProvider.PostgreSql)
        {
            await connection.ExecuteAsync("SELECT edition_id FROM open_edition FOR UPDATE");
        }
    }

    private static string[] Live(ScriptedSmtpServer relay) =>
    [
        "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None", "--Mail:Smtp:Connections=1",
        string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"),
    ];

    private static void Write(TestFolder folder, string slug, string title, params string[] rest)
    {
        var categories = rest.Where(one => !one.Contains(':', StringComparison.Ordinal));
        var lines = rest.Where(one => one.Contains(':', StringComparison.Ordinal)).Select(line => line + "\n");
        folder.Write($"articles/{slug}.md", $"---\ntitle: {title}\ndate: 2026-11-20T08:00:00+01:00\ncategories: [{string.Join(", ", categories)}]\n{string.Concat(lines)}---\nUn texte.\n");
    }

    private static async Task<EditionListing> EditionAsync(IServiceProvider services) =>
        Assert.Single(await services.GetRequiredService<Editions>().ListAsync(10, default), edition => edition.Cadence is "weekly");

    private static bool IsEdition(AcceptedMessage message) => Mail(message).Headers.Contains("List-Id");

    private static bool Tells(AcceptedMessage message) => Mail(message).TextBody!.Contains("Un article faux", StringComparison.Ordinal);

    private static MimeMessage Mail(AcceptedMessage message) => MimeMessage.Load(new MemoryStream(message.Bytes.ToArray()));
}
