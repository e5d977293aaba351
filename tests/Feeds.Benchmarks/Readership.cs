using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Feeds.Benchmarks;

/// <summary>A database with the sample publication and many who read it: what a benchmark begins with and does not measure.</summary>
internal static class Readership
{
    public const string Cadence = "weekly";

    public static async Task MakeAsync(string connectionString, int subscribers)
    {
        await using var services = Open(connectionString);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await services.GetRequiredService<CadenceStore>().SeedAsync(default);
        await services.GetRequiredService<FolderImport>().ImportAsync(Path.Combine(AppContext.BaseDirectory, "Sample"), default);
        var categories = (await services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Take(3).Select(state => $"[\"{state.Category.Slug}\"]").ToList();
        if (subscribers > 0)
        {
            await services.GetRequiredService<Database>().WriteAsync(connection => AddAsync(connection, subscribers, categories), default);
        }
    }

    /// <summary>The rooms that make editions and send them, as the program has them.</summary>
    public static ServiceProvider Open(string connectionString)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:ConnectionString"] = connectionString,
            ["Newsletter:Cadences:0:Name"] = Cadence,
            ["Newsletter:Cadences:0:Cron"] = "0 0 8 ? * MON",
        };
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddStorage().AddArticles().AddMail(_ => "https://example.org").AddNewsletter(Path.Combine(AppContext.BaseDirectory, "templates"))
            .BuildServiceProvider();
    }

    /// <summary>As if each had confirmed; half of them take everything and the others one category each.</summary>
    private static async Task AddAsync(DataConnection connection, int subscribers, List<string> categories)
    {
        var numbers = string.Create(CultureInfo.InvariantCulture, $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {subscribers})");
        await connection.ExecuteAsync(
            $"INSERT INTO subscriber (email, email_key, created_at) {numbers} SELECT 'reader' || i || '@journal.example', 'reader' || i || '@journal.example', 0 FROM n");
        foreach (var (number, category) in categories.Index())
        {
            await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $$"""INSERT INTO choice (key, choice) VALUES ('choice {{number}}', '{"categories":{{category}}}')"""));
        }

        await connection.ExecuteAsync("INSERT INTO choice (key, choice) VALUES ('everything', '{}')");
        await connection.ExecuteAsync(
            $"""
            INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, asked, asked_number, answered_number, asked_at, asked_position)
            SELECT subscriber.id, '{Cadence}', '{Cadence}', choice.id, '', -1, 1, 0, '', 0, 0, 0, 0
            FROM subscriber JOIN choice ON choice.key = CASE WHEN subscriber.id % 6 < {categories.Count} THEN 'choice ' || (subscriber.id % 6) ELSE 'everything' END
            """);
    }
}
