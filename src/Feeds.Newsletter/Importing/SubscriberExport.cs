using System.Globalization;
using Feeds.Articles;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Importing;

/// <summary>Writes all subscriptions as a file that <see cref="SubscriberImport"/> reads.</summary>
internal sealed class SubscriberExport(Database database, ArticleStore articles)
{
    private const int AtOnce = 5_000;

    private static readonly ImportField[] Fields =
    [
        ImportField.Email, ImportField.State, ImportField.ConfirmedAt, ImportField.Unsubscribed, ImportField.Newsletter, ImportField.Cadence, ImportField.Categories,
        ImportField.WithoutAuthors, ImportField.Language, ImportField.Content, ImportField.Format, ImportField.Zone, ImportField.Hour, ImportField.PausedUntil,
    ];

    /// <returns>How many subscriptions there are.</returns>
    public async Task<long> RunAsync(TextWriter target, CancellationToken cancellationToken)
    {
        // A choice is stored by the category's first slug; people know the one of today.
        var slugs = (await articles.CategoriesAsync(cancellationToken)).ToDictionary(state => state.Category.FirstSlug, state => state.Category.Slug, StringComparer.Ordinal);
        await target.WriteAsync(CsvLine.Write(Fields.Select(field => field.Name())).AsMemory(), cancellationToken);
        return await database.ReadSnapshotAsync(
            async connection =>
            {
                var choices = new Dictionary<long, Choice>();
                long count = 0;
                for (var (last, more) = (0L, true); more;)
                {
                    var after = last;
                    var page = await connection.GetTable<SubscriberRow>().Where(row => row.Id > after).OrderBy(row => row.Id).Take(AtOnce).Select(row => row.Id).ToListAsync(cancellationToken);
                    more = page.Count > 0;
                    last = more ? page[^1] : last;
                    var upTo = last;
                    var rows = await (
                        from row in connection.GetTable<SubscriptionRow>()
                        join subscriber in connection.GetTable<SubscriberRow>() on row.SubscriberId equals subscriber.Id
                        where row.SubscriberId > after && row.SubscriberId <= upTo
                        orderby row.SubscriberId, row.Newsletter
                        select new { Subscription = row, subscriber.Email }).ToListAsync(cancellationToken);
                    foreach (var row in rows)
                    {
                        var choice = await ChoiceAsync(connection, choices, row.Subscription.ChoiceId, cancellationToken);
                        await target.WriteAsync(CsvLine.Write(Cells(row.Email, row.Subscription, choice, slugs)).AsMemory(), cancellationToken);
                    }

                    count += rows.Count;
                }

                return count;
            },
            cancellationToken);
    }

    private static async Task<Choice> ChoiceAsync(DataConnection connection, Dictionary<long, Choice> known, long id, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(id, out var choice))
        {
            choice = Choice.Read(await connection.GetTable<ChoiceRow>().Where(row => row.Id == id).Select(row => row.Text).SingleAsync(cancellationToken));
            known.Add(id, choice);
        }

        return choice;
    }

    private static string[] Cells(string email, SubscriptionRow row, Choice choice, Dictionary<string, string> slugs) =>
    [
        email,
        row.State.ToString().ToLowerInvariant(),
        Instant(row.ConfirmedAt),
        Instant(row.LeftAt),
        row.Newsletter,
        row.Cadence,
        CellValues.Joined(choice.Categories.Select(slug => slugs.GetValueOrDefault(slug, slug))),
        CellValues.Joined(choice.WithoutAuthors),
        choice.Language,
        choice.FullText ? CellValues.Full : CellValues.Excerpts,
        choice.PlainText ? CellValues.Text : CellValues.Html,
        row.SendZone,
        row.SendHour < 0 ? "" : row.SendHour.ToString(CultureInfo.InvariantCulture),
        Instant(row.PausedUntil),
    ];

    private static string Instant(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture) ?? "";
}
