using System.Text.Json;
using Feeds.Mail;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter.Importing;

/// <summary>Where the people of some rows stand, now and after what is done about each of them.</summary>
internal sealed class Standings
{
    private readonly Dictionary<(string Key, string Newsletter), Standing> standings = [];
    private readonly HashSet<string> suppressed;

    private Standings(IEnumerable<string> suppressed) => this.suppressed = suppressed.ToHashSet(StringComparer.Ordinal);

    public Standing this[PlannedPerson person]
    {
        get => standings.GetValueOrDefault(person.Subscription);
        set => standings[person.Subscription] = value;
    }

    public static async Task<Standings> ReadAsync(
        DataConnection connection, DatabaseProvider provider, SuppressionList list, IReadOnlyList<PlannedPerson> people, CancellationToken cancellationToken)
    {
        var found = new Standings(await list.ListedAsync(connection, [.. people.Select(person => person.Key)], cancellationToken));
        var distinct = people.DistinctBy(person => person.Subscription).ToList();
        var rows = JsonSerializer.Serialize(distinct.Select((person, number) => new { n = number, email_key = person.Key, newsletter = person.Cadence.Newsletter }));
        var known = await connection.QueryToListAsync<KnownRow>(
            $"""
            SELECT r.n, s.id AS subscriber_id, u.state, u.asked_number, u.confirmed_at
            FROM {JsonRows.From(provider, distinct.Count, ("n", "integer"), ("email_key", "text"), ("newsletter", "text"))} AS r
            JOIN subscriber s ON s.email_key = r.email_key LEFT JOIN subscription u ON u.subscriber_id = s.id AND u.newsletter = r.newsletter
            """,
            cancellationToken,
            new DataParameter("rows", rows, DataType.Text));
        foreach (var row in known)
        {
            found[distinct[row.Number]] = new Standing((SubscriptionState?)row.State, row.SubscriberId, row.AskedNumber > 0, Instant(row.ConfirmedAt));
        }

        await found.ReadChoicesAsync(connection, provider, [.. distinct.Where(person => person.Said.State == ImportedState.Left && found[person].State == SubscriptionState.Confirmed)], cancellationToken);
        return found;
    }

    public bool IsSuppressed(PlannedPerson person) => suppressed.Contains(person.Key);

    /// <summary>Decides about somebody, so that the next row about them finds it.</summary>
    public Deed Take(PlannedPerson person, bool isVouched)
    {
        var deed = this[person].About(person.Said, IsSuppressed(person), isVouched);
        this[person] = this[person].After(deed);
        if (deed == Deed.List)
        {
            suppressed.Add(person.Key);
        }

        return deed;
    }

    /// <summary>As if this had been done about them already.</summary>
    public void Assume(PlannedPerson person, SubscriptionState? state, bool isSuppressed)
    {
        this[person] = state is null ? this[person] : this[person] with { State = state, ChosenAt = null };
        if (isSuppressed)
        {
            suppressed.Add(person.Key);
        }
    }

    /// <summary>For those whom a file calls gone: when they chose the newsletter here. A subscription without a record is older than these, and their own.</summary>
    private async Task ReadChoicesAsync(DataConnection connection, DatabaseProvider provider, IReadOnlyList<PlannedPerson> people, CancellationToken cancellationToken)
    {
        if (people.Count == 0)
        {
            return;
        }

        var rows = JsonSerializer.Serialize(people.Select((person, number) => new { n = number, id = this[person].SubscriberId, newsletter = person.Cadence.Newsletter }));
        var chosen = await connection.QueryToListAsync<ChosenRow>(
            $"""
            SELECT r.n, MAX(CASE WHEN c.kind IN ({(int)ConsentKind.Confirmed}, {(int)ConsentKind.Changed}, {(int)ConsentKind.Returned}, {(int)ConsentKind.Vouched}) THEN c.at END) AS at
            FROM {JsonRows.From(provider, people.Count, ("n", "integer"), ("id", "bigint"), ("newsletter", "text"))} AS r
            JOIN consent c ON c.subscriber_id = r.id AND c.newsletter = r.newsletter GROUP BY r.n
            """,
            cancellationToken,
            new DataParameter("rows", rows, DataType.Text));
        foreach (var row in chosen)
        {
            this[people[row.Number]] = this[people[row.Number]] with { ChosenAt = Instant(row.At) };
        }
    }

    private static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;

    private sealed class KnownRow
    {
        [Column("n")]
        public int Number { get; set; }

        [Column("subscriber_id")]
        public long SubscriberId { get; set; }

        [Column("state")]
        public int? State { get; set; }

        [Column("asked_number")]
        public int AskedNumber { get; set; }

        [Column("confirmed_at")]
        public long? ConfirmedAt { get; set; }
    }

    private sealed class ChosenRow
    {
        [Column("n")]
        public int Number { get; set; }

        [Column("at")]
        public long? At { get; set; }
    }
}
