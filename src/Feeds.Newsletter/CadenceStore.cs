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
    // Each form that a stranger sends asks for them.
    private readonly SharedRead<IReadOnlyList<NewsletterOffer>> offers = new(() => database.ReadAsync<IReadOnlyList<NewsletterOffer>>(async connection =>
    {
        var cadences = (await connection.GetTable<CadenceRow>().ToListAsync()).OrderBy(row => row.Name, StringComparer.Ordinal).ToLookup(row => row.Newsletter, row => row.ToCadence(), StringComparer.Ordinal);
        return
        [
            .. (await connection.GetTable<NewsletterRow>().ToListAsync())
                .OrderBy(row => row.Title, StringComparer.Ordinal).ThenBy(row => row.Name, StringComparer.Ordinal)
                .Select(row => new NewsletterOffer(row.Name, row.Title, row.Private, row.Welcome, [.. cadences[row.Name]])),
        ];
    }));

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
                foreach (var offer in Offers())
                {
                    await connection.ExecuteAsync(
                        "INSERT INTO newsletter (name, title, private, welcome) VALUES (@name, @title, @private, @welcome) ON CONFLICT DO NOTHING",
                        cancellationToken,
                        new DataParameter("name", offer.Name, DataType.NVarChar),
                        new DataParameter("title", offer.Title, DataType.NVarChar),
                        new DataParameter("private", offer.Private, DataType.Boolean),
                        new DataParameter("welcome", (int)offer.Welcome, DataType.Int32));
                }

                foreach (var cadence in configured)
                {
                    await connection.ExecuteAsync(
                        """
                        INSERT INTO cadence (name, newsletter, title, cron, zone, categories, minimum_articles, maximum_articles, overflow, paused, revision, last_sequence)
                        VALUES (@name, @newsletter, @title, @cron, @zone, @categories, @minimum, @maximum, @overflow, @paused, 1, 0) ON CONFLICT DO NOTHING
                        """,
                        cancellationToken,
                        new DataParameter("name", cadence.Name, DataType.NVarChar),
                        new DataParameter("newsletter", cadence.Newsletter, DataType.NVarChar),
                        new DataParameter("title", cadence.Title, DataType.NVarChar),
                        new DataParameter("cron", cadence.Cron, DataType.NVarChar),
                        new DataParameter("zone", cadence.Zone, DataType.NVarChar),
                        new DataParameter("categories", StoredList.Write(cadence.Categories), DataType.NVarChar),
                        new DataParameter("minimum", cadence.MinimumArticles, DataType.Int32),
                        new DataParameter("maximum", cadence.MaximumArticles, DataType.Int32),
                        new DataParameter("overflow", (int)cadence.Overflow, DataType.Int32),
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

    /// <summary>What can be joined, by title; also what is private.</summary>
    public Task<IReadOnlyList<NewsletterOffer>> NewslettersAsync(CancellationToken cancellationToken) => offers.ReadAsync(cancellationToken);

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
                .Set(row => row.Overflow, cadence.Overflow)
                .Set(row => row.Paused, cadence.Paused)
                .Set(row => row.Revision, cadence.Revision + 1)
                .UpdateAsync(cancellationToken) == 1,
            cancellationToken);

    /// <summary>One of a newsletter that anybody may ask for.</summary>
    internal async Task<Cadence?> FindOpenAsync(string name, CancellationToken cancellationToken) =>
        (await NewslettersAsync(cancellationToken)).Where(newsletter => !newsletter.Private)
            .SelectMany(newsletter => newsletter.Cadences).FirstOrDefault(cadence => string.Equals(cadence.Name, name, StringComparison.Ordinal));

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
            Newsletter = string.IsNullOrWhiteSpace(entry.Newsletter) ? entry.Name : entry.Newsletter,
            Overflow = entry.Overflow,
            Zone = string.IsNullOrWhiteSpace(entry.Zone) ? publication.Value.TimeZone : entry.Zone,
            Categories = StoredList.Read(StoredList.Write(entry.Categories)),
            MinimumArticles = entry.MinimumArticles,
            MaximumArticles = entry.MaximumArticles,
            Paused = false,
            Revision = 1,
        }),
    ];

    private IEnumerable<NewsletterOffer> Offers() =>
        newsletter.Value.Newsletters.Select(entry => new NewsletterOffer(entry.Name, string.IsNullOrWhiteSpace(entry.Title) ? entry.Name : entry.Title, entry.Private, entry.Welcome, []))
            .Concat(Configured().Where(cadence => string.Equals(cadence.Newsletter, cadence.Name, StringComparison.Ordinal)).Select(cadence => new NewsletterOffer(cadence.Name, cadence.Title, false, Welcome.None, [])));

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
            Compare("Newsletter", cadence.Newsletter, known.Newsletter);
            Compare("Overflow", $"{cadence.Overflow}", $"{known.Overflow}");
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
