using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Feeds.Benchmarks;

/// <summary>A database with the sample publication and many who read it: what a benchmark begins with and does not measure.</summary>
internal static class Readership
{
    public static async Task MakeAsync(string file, int subscribers)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:ConnectionString"] = $"Data Source={file};Pooling=false",
            ["Newsletter:Cadences:0:Name"] = "weekly",
            ["Newsletter:Cadences:0:Cron"] = "0 0 8 ? * MON",
        };
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddStorage().AddArticles().AddMail().AddNewsletter(Path.Combine(AppContext.BaseDirectory, "templates"))
            .BuildServiceProvider();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await services.GetRequiredService<CadenceStore>().SeedAsync(default);
        await services.GetRequiredService<FolderImport>().ImportAsync(Path.Combine(AppContext.BaseDirectory, "Sample"), default);
        var people = services.GetRequiredService<Subscribers>();
        for (var number = 0; number < subscribers; number++)
        {
            if (await people.AddConfirmedAsync(string.Create(CultureInfo.InvariantCulture, $"reader{number}@journal.example"), "weekly", [], default) is { } refused)
            {
                throw new BenchmarkException(refused);
            }
        }
    }
}
