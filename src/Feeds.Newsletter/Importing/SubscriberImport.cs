using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Newsletter.Importing;

/// <summary>Brings a file of people into the store, some thousand at a time; stopped anywhere, it goes on from there.</summary>
internal sealed class SubscriberImport(Database database, CadenceStore cadences, ArticleStore articles, SuppressionList suppressions, Answers answers, TimeProvider clock)
{
    private const int AtOnce = 5_000;
    private const int LongestSource = 200;

    public async Task<SubscriberImportReport> RunAsync(SubscriberImportRequest request, Action<SubscriberImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (request.Source is { } source && (string.IsNullOrWhiteSpace(source) || source.Length > LongestSource || source.Any(char.IsControl)))
        {
            throw new InvalidDataException($"The source says in 1 to {LongestSource} characters on one line where the people agreed, such as “paper form, fair of May 2026”.");
        }

        var now = clock.GetUtcNow();
        var file = SubscriberFile.Open(request.Path, request.Columns, now);
        var plan = await PlanAsync(request, file, cancellationToken);
        var batch = new ImportBatch(database, suppressions, answers, new ImportTerms(request.Source, (await articles.StateAsync(cancellationToken)).Sequence, now));
        var place = new ImportPlace(database, Key(request, file), now);
        var isResumed = !request.IsDryRun && await place.FindAsync(cancellationToken);
        using var refused = new RefusedRows(file);
        var trial = new ImportTrial(database, suppressions, request.Source is not null);
        var begun = place.At;
        var people = new List<PlannedPerson>(AtOnce);
        // Written while the next are read.
        var written = Task.CompletedTask;
        try
        {
            foreach (var (at, person) in People(file, plan, refused, progress))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (at <= begun)
                {
                    continue;
                }

                people.Add(person);
                if (people.Count == AtOnce)
                {
                    await written;
                    written = WriteAsync(at, people);
                    people = new List<PlannedPerson>(AtOnce);
                }
            }

            await written;
            written = WriteAsync(long.MaxValue, people);
        }
        finally
        {
            await written;
        }

        return new SubscriberImportReport
        {
            Columns = file.Taken,
            LeftOut = file.LeftOut,
            Counts = request.IsDryRun ? trial.Counts : place.Counts,
            RefusedCount = refused.Count,
            Refused = refused.First,
            RefusedFile = refused.Count > 0 ? refused.Path : null,
            IsResumed = isResumed,
        };

        // SQLite's driver does its work before it returns.
        Task WriteAsync(long at, IReadOnlyList<PlannedPerson> rows) => Task.Run(
            async () =>
            {
                if (request.IsDryRun)
                {
                    await trial.TryAsync(rows, cancellationToken);
                    return;
                }

                batch.Keep(await database.WriteAsync(
                    async transaction =>
                    {
                        var (deeds, choices) = await batch.WriteAsync(transaction, rows, cancellationToken);
                        await place.MoveAsync(transaction, at, deeds, cancellationToken);
                        return choices;
                    },
                    cancellationToken));
                place.Keep();
            },
            cancellationToken);
    }

    /// <summary>Who has left or bounced comes first, wherever in the file: a later row about the same person doesn't bring them back.</summary>
    private static IEnumerable<(long At, PlannedPerson Person)> People(SubscriberFile file, ImportPlan plan, RefusedRows refused, Action<SubscriberImportProgress>? progress)
    {
        const long Pass = 1L << 48;
        var passes = file.HasLeaving ? 2 : 1;
        for (var pass = 0; pass < passes; pass++)
        {
            long rows = 0;
            var isLast = pass == passes - 1;
            foreach (var row in file.Rows(onlyLeaving: !isLast, bytes => progress?.Invoke(new SubscriberImportProgress((pass + ((double)bytes / Math.Max(1, file.Look.Length))) / passes, rows, refused.Count))))
            {
                rows++;
                var refusal = row.Refusal;
                var person = row.Person is { } said ? plan.Plan(said, out refusal) : null;
                if (person is not null && (passes == 1 || person.Said.IsLeaving != isLast))
                {
                    yield return ((pass * Pass) + row.Line, person);
                }

                if (refusal is not null && isLast)
                {
                    refused.Add(row.Line, refusal, row.Cells);
                }
            }
        }
    }

    private async Task<ImportPlan> PlanAsync(SubscriberImportRequest request, SubscriberFile file, CancellationToken cancellationToken)
    {
        var all = await cadences.ListAsync(cancellationToken);
        var names = string.Join(", ", all.Select(cadence => cadence.Name));
        var standard = request.Cadence is { } name
            ? all.FirstOrDefault(cadence => string.Equals(cadence.Name, name, StringComparison.Ordinal)) ?? throw new InvalidDataException($"There is no cadence {name}. There are: {names}.")
            : all.Count == 1 ? all[0] : null;
        return standard is null && !file.NamesCadence
            ? throw new InvalidDataException($"Say with --cadence which one the people of the file get. There are: {names}.")
            : new ImportPlan(all, [.. (await articles.CategoriesAsync(cancellationToken)).Select(state => state.Category)], standard);
    }

    /// <summary>The same for the same file with the same words said about it.</summary>
    private static string Key(SubscriberImportRequest request, SubscriberFile file)
    {
        var said = JsonSerializer.Serialize(new object?[] { file.Look.Digest, request.Columns.OrderBy(column => column.Key, StringComparer.Ordinal), request.Cadence, request.Source });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)));
    }
}
