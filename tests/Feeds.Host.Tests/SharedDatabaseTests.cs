using System.Globalization;
using Feeds.Host.Commands;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

public sealed class SharedDatabaseTests
{
    private const int Subscribers = 120;

    [SkippableFact]
    public async Task Two_processes_on_one_PostgreSQL_make_one_edition_of_a_slot_and_one_mail_each()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(10) });
        await Audience.MakeAsync(folder, database.ConnectionString, Subscribers);
        await using var one = Serve(folder, database, relay, out var first);
        await using var other = Serve(folder, database, relay, out var second);
        await Task.WhenAll(one.WaitUntilReadyAsync(first), other.WaitUntilReadyAsync(second));

        // A slot every minute of the hour that is now: the next one is at most a minute away, for both at the same instant.
        await using var services = CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}"]);
        Assert.Null(await services.GetRequiredService<ScheduleBook>().ChangeAsync("weekly", new ScheduleChange("0 * * * * ?"), default));
        var editions = services.GetRequiredService<Editions>();
        await Eventually.TrueAsync(
            async () => (await editions.ListAsync(10, default)).Any(edition => edition.State == EditionState.Done && edition.Counts.Total > 0),
            () => $"an edition is done\n{one.Printed}\n{other.Printed}",
            TimeSpan.FromSeconds(120));

        var made = Assert.Single(await editions.ListAsync(100, default), edition => edition.State == EditionState.Done && edition.Counts.Total > 0);
        Assert.Equal(Subscribers, made.Counts.Accepted);
        Assert.Equal(Subscribers, relay.Ledger.Recipients.Count);
        Assert.Equal(Subscribers, relay.Ledger.Recipients.Distinct(StringComparer.Ordinal).Count());
        Assert.True(relay.Ledger.Messages.Select(message => message.Connection).Distinct().Count() >= 2, "both processes should have sent");
    }

    private static ProgramProcess Serve(TestFolder folder, TestDatabase database, ScriptedSmtpServer relay, out Uri address)
    {
        address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        return ProgramProcess.Start(
            folder.Path,
            $"--urls={address}",
            $"--Storage:ConnectionString={database.ConnectionString}",
            "--Mail:Mode=live",
            "--Mail:From=atelier@blog.example",
            "--Mail:Smtp:Host=localhost",
            "--Mail:Smtp:Security=None",
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"));
    }
}
