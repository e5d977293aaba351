using System.Text.Json;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Importing;

/// <summary>What holds for a whole import.</summary>
/// <param name="Source">Where the people agreed; null where nobody proves it.</param>
/// <param name="Position">Publication sequence that newcomers begin after.</param>
/// <param name="Now">When it is done.</param>
internal sealed record ImportTerms(string? Source, long Position, DateTimeOffset Now)
{
    public string Said => Source ?? "import";
}

/// <summary>Writes some thousand rows within a transaction, by a few statements for all of them.</summary>
internal sealed class ImportBatch(Database database, SuppressionList suppressions, Answers answers, ImportTerms terms)
{
    // Those whose transaction was committed.
    private readonly Dictionary<string, long> choices = new(StringComparer.Ordinal);

    private static readonly (string, string)[] Columns =
    [
        ("email", "text"), ("email_key", "text"), ("newsletter", "text"), ("cadence", "text"), ("choice_id", "bigint"), ("zone", "text"), ("hour", "integer"), ("state", "integer"),
        ("paused_until", "bigint"), ("asked", "text"), ("confirmed_at", "bigint"), ("left_at", "bigint"), ("kind", "integer"), ("said_at", "bigint"),
    ];

    /// <returns>What was done about each, and the choices that have rows once it is committed.</returns>
    public async Task<(IReadOnlyList<Deed> Deeds, IReadOnlyDictionary<string, long> Choices)> WriteAsync(
        DataConnection transaction, IReadOnlyList<PlannedPerson> people, CancellationToken cancellationToken)
    {
        foreach (var newsletter in people.Select(person => person.Cadence.Newsletter).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await transaction.TakeAsync(database, newsletter, cancellationToken);
        }

        var standings = await Standings.ReadAsync(transaction, database.Provider, suppressions, people, cancellationToken);
        var deeds = people.Select(person => (Person: person, Deed: standings.Take(person, terms.Source is not null))).ToList();
        // Of two rows about one person the later counts: it was decided knowing the first.
        var rows = deeds.Where(one => one.Deed is Deed.Confirm or Deed.Keep or Deed.NoteLeft).GroupBy(one => one.Person.Subscription)
            .Select(group => group.Last()).OrderBy(one => one.Person.Key, StringComparer.Ordinal).ToList();
        var added = await ChoicesAsync(transaction, rows.Select(one => one.Person), cancellationToken);
        if (rows.Count > 0)
        {
            await WriteAsync(transaction, JsonSerializer.Serialize(rows.Select(one => Row(one.Person, one.Deed, added))), rows.Count, cancellationToken);
        }

        foreach (var (person, _) in deeds.Where(one => one.Deed == Deed.End).DistinctBy(one => one.Person.Subscription))
        {
            await answers.LeaveAsync(transaction, new LinkReference(standings[person].SubscriberId, person.Cadence.Newsletter, 0), ConsentKind.Left, terms.Said, cancellationToken, isTold: false);
        }

        await suppressions.ListAsync(
            transaction,
            deeds.Where(one => one.Deed == Deed.List).Select(one => (one.Person.Email, one.Person.Said.State == ImportedState.Complained ? SuppressionCause.Complaint : SuppressionCause.HardBounce)),
            $"import: {terms.Said}",
            cancellationToken);
        foreach (var (cadence, time) in rows.Where(one => one.Deed == Deed.Confirm).Select(one => (one.Person.Cadence.Name, one.Person.Said.Time)).Distinct())
        {
            await SendTimes.AddAsync(transaction, cadence, time, terms.Now, cancellationToken);
        }

        return ([.. deeds.Select(one => one.Deed)], added);
    }

    /// <summary>Told after the commit, so that what was rolled back isn't taken for stored.</summary>
    public void Keep(IReadOnlyDictionary<string, long> stored)
    {
        foreach (var (text, id) in stored)
        {
            choices[text] = id;
        }
    }

    private async Task<Dictionary<string, long>> ChoicesAsync(DataConnection transaction, IEnumerable<PlannedPerson> people, CancellationToken cancellationToken)
    {
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var person in people)
        {
            if (!ids.ContainsKey(person.ChoiceText))
            {
                ids.Add(person.ChoiceText, choices.TryGetValue(person.ChoiceText, out var id) ? id : await person.Choice.StoreAsync(transaction, cancellationToken));
            }
        }

        return ids;
    }

    private object Row(PlannedPerson person, Deed deed, Dictionary<string, long> ids) => new
    {
        email = person.Email,
        email_key = person.Key,
        newsletter = person.Cadence.Newsletter,
        cadence = person.Cadence.Name,
        choice_id = ids[person.ChoiceText],
        zone = person.Said.Time.Zone,
        hour = person.Said.Time.Hour,
        state = (int)(deed == Deed.Confirm ? SubscriptionState.Confirmed : deed == Deed.Keep ? SubscriptionState.Unconfirmed : SubscriptionState.Left),
        paused_until = person.Said.PausedUntil?.ToUnixTimeMilliseconds(),
        asked = person.Asked,
        confirmed_at = deed == Deed.Keep ? null : (person.Said.ConfirmedAt ?? (deed == Deed.Confirm ? terms.Now : null))?.ToUnixTimeMilliseconds(),
        left_at = deed == Deed.NoteLeft ? (person.Said.LeftAt ?? terms.Now).ToUnixTimeMilliseconds() : (long?)null,
        kind = deed switch { Deed.Confirm => (int)ConsentKind.Imported, Deed.NoteLeft => (int)ConsentKind.Left, _ => (int?)null },
        said_at = (deed == Deed.NoteLeft && person.Said.LeftAt is { } left ? left : terms.Now).ToUnixTimeMilliseconds(),
    };

    private async Task WriteAsync(DataConnection transaction, string json, int count, CancellationToken cancellationToken)
    {
        var rows = JsonRows.From(database.Provider, count, Columns);
        var now = new DataParameter("now", terms.Now.ToUnixTimeMilliseconds(), DataType.Int64);
        await ExecuteAsync(
            // Who is there already is locked, on PostgreSQL, so that nobody forgets them in between.
            $"""
            INSERT INTO subscriber (email, email_key, created_at) SELECT MIN(r.email), r.email_key, @now FROM {rows} AS r GROUP BY r.email_key ORDER BY r.email_key
            ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key
            """,
            now);
        await ExecuteAsync(
            $"""
            INSERT INTO subscription (subscriber_id, newsletter, cadence, choice_id, send_zone, send_hour, state, position, paused_until, asked, asked_number, answered_number, asked_at, asked_position, confirmed_at, left_at)
            SELECT s.id, r.newsletter, r.cadence, r.choice_id, r.zone, r.hour, r.state, @position, r.paused_until, r.asked, 0, 0, @now, @position, r.confirmed_at, r.left_at
            FROM {rows} AS r JOIN subscriber s ON s.email_key = r.email_key WHERE true
            ON CONFLICT (subscriber_id, newsletter) DO UPDATE SET
                cadence = excluded.cadence, choice_id = excluded.choice_id, send_zone = excluded.send_zone, send_hour = excluded.send_hour, state = excluded.state,
                position = excluded.position, paused_until = excluded.paused_until, answered_number = subscription.asked_number, confirmed_at = excluded.confirmed_at, left_at = excluded.left_at
            """,
            now,
            new DataParameter("position", terms.Position, DataType.Int64));
        await ExecuteAsync(
            $"""
            INSERT INTO consent (subscriber_id, newsletter, at, kind, source, detail)
            SELECT s.id, r.newsletter, r.said_at, r.kind, @source, CASE WHEN r.kind = {(int)ConsentKind.Imported} THEN r.asked ELSE '' END
            FROM {rows} AS r JOIN subscriber s ON s.email_key = r.email_key WHERE r.kind IS NOT NULL
            """,
            new DataParameter("source", terms.Said, DataType.NVarChar));

        Task ExecuteAsync(string sql, params DataParameter[] parameters) =>
            transaction.ExecuteAsync(sql, cancellationToken, [new DataParameter("rows", json, DataType.Text), .. parameters]);
    }
}
