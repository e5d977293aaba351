using System.Globalization;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>
/// A database with very many readers, all of whom chose: each non-empty set of nine categories as often as the others, in
/// thirty zones, one of which is the cadence's own. What a benchmark begins with and does not measure.
/// </summary>
internal static class ChoosingReaders
{
    /// <summary>How many sets of categories there are.</summary>
    public const int Sets = (1 << Categories) - 1;

    /// <summary>How many times: one for each zone, and the cadence's.</summary>
    public const int Zones = 30;

    private const int Categories = 9;

    // As many as a mail shows: none is only counted, so that each set's mail has a text of its own.
    private const int Articles = 10;

    // With clocks that differ from UTC by whole hours, so that full hours of their own can be one instant.
    private static readonly string[] OwnZones =
    [
        "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/Mexico_City", "America/New_York", "America/Bogota",
        "America/Halifax", "America/Santiago", "America/Sao_Paulo", "Atlantic/South_Georgia", "Atlantic/Azores", "Europe/London", "Europe/Lisbon", "Africa/Lagos", "Europe/Berlin",
        "Europe/Athens", "Africa/Cairo", "Africa/Nairobi", "Europe/Istanbul", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo",
        "Australia/Brisbane", "Pacific/Auckland",
    ];

    /// <summary>The times that are all at one instant, at which the cadence sends too: one slot is everybody's.</summary>
    public static IReadOnlyList<(DateTimeOffset Slot, IReadOnlyList<SendTime> Times)> AtOnce(DateTimeOffset slot) =>
        [(slot, [SendTime.OfCadence, .. OwnZones.Select(zone => new SendTime(zone, TimeZoneInfo.ConvertTimeBySystemTimeZoneId(slot, zone).Hour))])];

    /// <summary>The slots of a day on which each gets it at the same hour of their own clocks, the cadence's own among them.</summary>
    public static IReadOnlyList<(DateTimeOffset Slot, IReadOnlyList<SendTime> Times)> AtHour(DateTimeOffset cadence)
    {
        var morning = cadence.DateTime;
        return
        [
            .. OwnZones.Select(zone => (Time: new SendTime(zone, morning.Hour), At: new DateTimeOffset(morning, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(morning))))
                .Append((Time: SendTime.OfCadence, At: cadence))
                .GroupBy(one => one.At.ToUniversalTime(), one => one.Time).OrderBy(slot => slot.Key)
                .Select(slot => (slot.Key, (IReadOnlyList<SendTime>)[.. slot])),
        ];
    }

    /// <summary>Fills an empty database; on PostgreSQL with statistics, as a store has that is older than a minute.</summary>
    /// <param name="work">For the articles' files.</param>
    /// <param name="connectionString">Which database.</param>
    /// <param name="people">How many.</param>
    /// <param name="times">Theirs, by turns.</param>
    public static async Task MakeAsync(WorkFolder work, string connectionString, int people, IReadOnlyList<SendTime> times)
    {
        var folder = work["choosing-readers-articles"];
        if (!Directory.Exists(folder))
        {
            // One in each category, and one in three.
            await GeneratedArticles.WriteAsync(folder, Articles, Categories, number => number <= Categories ? [number - 1] : [0, 1, 2]);
        }

        await using var services = Readership.Open(connectionString);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await services.GetRequiredService<CadenceStore>().SeedAsync(default);
        await services.GetRequiredService<FolderImport>().ImportAsync(folder, default);
        var database = services.GetRequiredService<Database>();
        var slugs = (await services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Select(state => state.Category.FirstSlug).ToList();
        await database.WriteAsync(connection => AddAsync(connection, people, slugs, times), default);
        if (database.Provider == DatabaseProvider.PostgreSql)
        {
            await database.ReadAsync(connection => connection.ExecuteAsync("VACUUM ANALYZE"));
        }
    }

    /// <summary>
    /// How many different mails an edition has for them, worked out from the articles' categories and the zones alone: the
    /// articles that a set has to do with, each day that its readers have at the slot.
    /// </summary>
    public static async Task<int> DistinctContentsAsync(IServiceProvider services, DateTimeOffset slot, IReadOnlyList<SendTime> times)
    {
        var articles = await services.GetRequiredService<ArticleStore>().PublishedAsync(0, Articles, default);
        var slugs = (await services.GetRequiredService<ArticleStore>().CategoriesAsync(default)).Select(state => state.Category.FirstSlug).ToList();
        var zone = (await services.GetRequiredService<CadenceStore>().FindAsync(Readership.Cadence, default))!.Zone;
        var days = times.Select(time => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(slot, time.IsOfCadence ? zone : time.Zone).Date).Distinct().ToList();
        var told = SetsOf(slugs).Select(set => string.Join(',', articles.Where(article => article.Categories.Any(category => set.Contains(category.FirstSlug, StringComparer.Ordinal))).Select(article => article.Sequence)));
        return told.Where(list => list.Length > 0).Distinct(StringComparer.Ordinal).Count() * days.Count;
    }

    private static IEnumerable<IReadOnlyList<string>> SetsOf(IReadOnlyList<string> slugs) =>
        slugs.Count == Categories
            ? Enumerable.Range(1, Sets).Select(set => (IReadOnlyList<string>)[.. slugs.Where((_, number) => (set & (1 << number)) != 0)])
            : throw new BenchmarkException($"The articles have {slugs.Count} categories instead of {Categories}.");

    private static async Task<int> AddAsync(DataConnection connection, int people, IReadOnlyList<string> slugs, IReadOnlyList<SendTime> times)
    {
        // A million rows at once may take longer than a program's own statements have.
        connection.CommandTimeout = 0;
        var choices = new List<string>();
        foreach (var set in SetsOf(slugs))
        {
            var id = await new Choice { Categories = set }.StoreAsync(connection, default);
            choices.Add(string.Create(CultureInfo.InvariantCulture, $"({choices.Count}, {id})"));
        }

        await connection.ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
            INSERT INTO subscriber (email, email_key, created_at) SELECT 'reader' || i || '@journal' || (i % 1000) || '.example', 'reader' || i || '@journal' || (i % 1000) || '.example', 0 FROM n
            """));
        foreach (var time in times.Where(time => !time.IsOfCadence))
        {
            await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO send_time (cadence, zone, hour, since) VALUES ('{Readership.Cadence}', '{time.Zone}', {time.Hour}, 0)"));
        }

        return await connection.ExecuteAsync(
            $"""
            WITH chosen(number, id) AS (VALUES {string.Join(", ", choices)}),
                own(number, zone, hour) AS (VALUES {string.Join(", ", times.Index().Select(time => string.Create(CultureInfo.InvariantCulture, $"({time.Index}, '{time.Item.Zone}', {time.Item.Hour})")))})
            INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, asked, asked_number, answered_number, asked_at, asked_position)
            SELECT subscriber.id, '{Readership.Cadence}', '{Readership.Cadence}', chosen.id, own.zone, own.hour, 1, 0, '', 0, 0, 0, 0
            FROM subscriber JOIN chosen ON chosen.number = subscriber.id % {Sets} JOIN own ON own.number = (subscriber.id / {Sets}) % {Zones}
            """);
    }
}
