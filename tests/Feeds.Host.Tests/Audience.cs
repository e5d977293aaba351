using System.Globalization;
using Feeds.Articles;
using Feeds.Host.Commands;
using Feeds.Host.Startup;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>A store with something to say and people to say it to.</summary>
internal static class Audience
{
    /// <summary>Imports the sample and adds so many confirmed subscribers of the weekly digest.</summary>
    public static async Task MakeAsync(TestFolder folder, string connectionString, int subscribers)
    {
        await using var services = CommandServices.Create([$"--Storage:ConnectionString={connectionString}", $"--Mail:PickupFolder={folder["mails"]}"]);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await SeedStore.RunAsync(services, default);
        Assert.Empty((await services.GetRequiredService<FolderImport>().ImportAsync(ProgramFolders.Sample, default)).Refused);
        for (var number = 1; number <= subscribers; number++)
        {
            Assert.Null(await services.GetRequiredService<Subscribers>().AddConfirmedAsync(
                string.Create(CultureInfo.InvariantCulture, $"reader{number}@blog.example"), "weekly", [], default));
        }
    }

    /// <summary>The addresses of deliveries with an attempt that the ledger calls uncertain.</summary>
    public static async Task<IReadOnlyList<string>> PossiblyTwiceAsync(TestDatabase database)
    {
        await using var services = CommandServices.Create([$"--Storage:ConnectionString={database.ConnectionString}"]);
        await using var connection = services.GetRequiredService<Database>().Open();
        return await connection.QueryToListAsync<string>(
            "SELECT DISTINCT delivery.address FROM delivery JOIN attempt ON attempt.delivery_id = delivery.id WHERE attempt.outcome = 'uncertain'");
    }
}
