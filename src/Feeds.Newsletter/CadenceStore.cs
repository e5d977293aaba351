using Feeds.Articles;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>The cadences in the store.</summary>
public sealed class CadenceStore(Database database, IOptions<NewsletterOptions> newsletter, IOptions<PublicationOptions> publication)
{
    /// <summary>On a database without cadences stores those of the configuration.</summary>
    /// <returns>A sentence for each difference between configuration and store; none on a new database.</returns>
    public async Task<IReadOnlyList<string>> SeedAsync(CancellationToken cancellationToken)
    {
        var configured = Configured();
        var stored = await ListAsync(cancellationToken);
        if (stored.Count > 0)
        {
            return Differences(configured, stored);
        }

        return await database.WriteAsync<IReadOnlyList<string>>(
            async connection =>
            {
                // Another process may have begun with the same empty database.
                foreach (var cadence in configured)
                {
                    await connection.ExecuteAsync(
                        """
                        INSERT INTO cadence (name, title, cron, zone, categories, minimum_articles, maximum_articles, paused, revision, last_sequence)
                        VALUES (@name, @title, @cron, @zone, @categories, @minimum, @maximum, @paused, 1, 0) ON CONFLICT DO NOTHING
                        """,
                        cancellationToken,
                        new DataParameter("name", cadence.Name, DataType.NVarChar),
                        new DataParameter("title", cadence.Title, DataType.NVarChar),
                        new DataParameter("cron", cadence.Cron, DataType.NVarChar),
                        new DataParameter("zone", cadence.Zone, DataType.NVarChar),
                        new DataParameter("categories", StoredList.Write(cadence.Categories), DataType.NVarChar),
                        new DataParameter("minimum", cadence.MinimumArticles, DataType.Int32),
                        new DataParameter("maximum", cadence.MaximumArticles, DataType.Int32),
                        new DataParameter("paused", false, DataType.Boolean));
                }

                return [];
            },
            cancellationToken);
    }

    /// <summary>All, by name.</summary>
    public Task<IReadOnlyList<Cadence>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Cadence>>(async connection =>
            [.. (await connection.GetTable<CadenceRow>().ToListAsync(cancellationToken)).OrderBy(row => row.Name, StringComparer.Ordinal).Select(row => row.ToCadence())]);

    /// <summary>The cadence of that name, or null.</summary>
    public async Task<Cadence?> FindAsync(string name, CancellationToken cancellationToken) => (await FindRowAsync(name, cancellationToken))?.ToCadence();

    /// <summary>Stores a checked change of an existing cadence (Scheduling checks; see its ScheduleBook).</summary>
    /// <returns>False where somebody else changed it since <see cref="Cadence.Revision"/> was read.</returns>
    public Task<bool> SaveAsync(Cadence cadence, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async connection => await connection.GetTable<CadenceRow>()
                .Where(row => row.Name == cadence.Name && row.Revision == cadence.Revision)
                .Set(row => row.Title, cadence.Title)
                .Set(row => row.Cron, cadence.Cron)
                .Set(row => row.Zone, cadence.Zone)
                .Set(row => row.Categories, StoredList.Write(cadence.Categories))
                .Set(row => row.MinimumArticles, cadence.MinimumArticles)
                .Set(row => row.MaximumArticles, cadence.MaximumArticles)
                .Set(row => row.Paused, cadence.Paused)
                .Set(row => row.Revision, cadence.Revision + 1)
                .UpdateAsync(cancellationToken) == 1,
            cancellationToken);

    internal async Task<CadenceRow?> FindRowAsync(string name, CancellationToken cancellationToken) =>
        // PostgreSQL refuses to look for some of what strangers type, such as NUL.
        !NewsletterOptionsCheck.IsName(name) ? null : await database.ReadAsync(connection => connection.GetTable<CadenceRow>().FirstOrDefaultAsync(row => row.Name == name, cancellationToken));

    private List<Cadence> Configured() =>
    [
        .. newsletter.Value.Cadences.Select(entry => new Cadence
        {
            Name = entry.Name,
            Title = string.IsNullOrWhiteSpace(entry.Title) ? entry.Name : entry.Title,
            Cron = entry.Cron,
            Zone = string.IsNullOrWhiteSpace(entry.Zone) ? publication.Value.TimeZone : entry.Zone,
            Categories = StoredList.Read(StoredList.Write(entry.Categories)),
            MinimumArticles = entry.MinimumArticles,
            MaximumArticles = entry.MaximumArticles,
            Paused = false,
            Revision = 1,
        }),
    ];

    private static List<string> Differences(List<Cadence> configured, IReadOnlyList<Cadence> stored)
    {
        var sentences = new List<string>();
        foreach (var (index, cadence) in configured.Index())
        {
            var key = $"Newsletter:Cadences:{index}";
            if (stored.FirstOrDefault(known => string.Equals(known.Name, cadence.Name, StringComparison.Ordinal)) is not { } known)
            {
                sentences.Add($"{key}:Name is \"{cadence.Name}\", which the database doesn't have. Only a new database takes its cadences from the configuration; this one has {string.Join(", ", stored.Select(other => other.Name))}.");
                continue;
            }

            Compare("Title", cadence.Title, known.Title);
            Compare("Cron", cadence.Cron, known.Cron);
            Compare("Zone", cadence.Zone, known.Zone);
            Compare("Categories", string.Join(", ", cadence.Categories), string.Join(", ", known.Categories));
            Compare("MinimumArticles", $"{cadence.MinimumArticles}", $"{known.MinimumArticles}");
            Compare("MaximumArticles", $"{cadence.MaximumArticles}", $"{known.MaximumArticles}");

            void Compare(string value, string here, string there)
            {
                if (!string.Equals(here, there, StringComparison.Ordinal))
                {
                    sentences.Add($"{key}:{value} is \"{here}\", but \"{there}\" is in force for {cadence.Name}: the database is the truth since its first start. Change it with feeds schedule set or in /admin, or write \"{there}\" here.");
                }
            }
        }

        sentences.AddRange(stored.Where(known => !configured.Exists(cadence => string.Equals(cadence.Name, known.Name, StringComparison.Ordinal)))
            .Select(known => $"Newsletter:Cadences lacks \"{known.Name}\", which the database has and which goes on. Add it there, or stop it with feeds schedule set {known.Name} --pause."));
        return sentences;
    }
}
