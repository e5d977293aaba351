using System.Diagnostics.Metrics;
using Feeds.Storage;

namespace Feeds.Mail;

/// <summary>
/// The meter <c>Feeds.Mail</c>: <c>feeds.mail.outcomes</c> counts by outcome, <c>feeds.mail.deliveries</c> gauges the
/// newsletters' deliveries of the last days by state, and <c>feeds.mail.audience.difference</c>, which is to be 0, by how
/// many these differ from the frozen audiences. The database is asked only while somebody listens.
/// </summary>
internal sealed class MailMeter : IDisposable
{
    public const string Name = "Feeds.Mail";

    /// <summary>How old the gauges may be.</summary>
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(30);

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly Counter<long> outcomes;
    private readonly ObservableGauge<long> deliveries;
    private readonly ObservableGauge<long> difference;
    private IReadOnlyList<MailingStanding>? known;
    private long refreshedAt;

    public MailMeter(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        Meter = new Meter(Name);
        outcomes = Meter.CreateCounter<long>("feeds.mail.outcomes", "{outcome}", "Outcomes of deliveries that became durable.");
        deliveries = Meter.CreateObservableGauge("feeds.mail.deliveries", States, "{delivery}", "Deliveries of newsletters of the last days, by state.");
        difference = Meter.CreateObservableGauge("feeds.mail.audience.difference", Differences, "{delivery}", "By how many these differ from the frozen audiences: 0, or the database was changed by hand.");
    }

    /// <summary>For listeners that want this process's alone.</summary>
    public Meter Meter { get; }

    public void Count(IReadOnlyList<Completion> completions)
    {
        foreach (var completion in completions)
        {
            if (outcomes.Enabled && completion.Outcome.Kind != OutcomeKind.Untouched)
            {
                outcomes.Add(1, new KeyValuePair<string, object?>("outcome", completion.Outcome.Kind.ToString().ToLowerInvariant()));
            }
        }
    }

    /// <summary>Counts anew where somebody listens and the last count is old.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if ((deliveries.Enabled || difference.Enabled) && (known is null || clock.GetElapsedTime(refreshedAt) >= RefreshEvery))
        {
            known = await database.ReadSnapshotAsync(
                connection => MailingStandings.ReadAsync(connection, MailingStandings.RecentOf(connection, clock.GetUtcNow()), cancellationToken), cancellationToken);
            refreshedAt = clock.GetTimestamp();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> States()
    {
        var now = known ?? [];
        return
        [
            State("pending", now.Sum(mailing => mailing.Counts.Pending)),
            State("in_flight", now.Sum(mailing => mailing.Counts.InFlight)),
            State("accepted", now.Sum(mailing => mailing.Counts.Accepted)),
            State("deferred", now.Sum(mailing => mailing.Counts.Deferred)),
            State("failed", now.Sum(mailing => mailing.Counts.Failed)),
            State("suppressed", now.Sum(mailing => mailing.Counts.Suppressed)),
            State("uncertain", now.Sum(mailing => mailing.Counts.Uncertain)),
        ];
    }

    // One too many here and one too few there are two that are wrong.
    private IEnumerable<Measurement<long>> Differences() => known is null ? [] : [new Measurement<long>(known.Sum(mailing => (long)Math.Abs(mailing.Difference)))];

    private static Measurement<long> State(string name, long count) => new(count, new KeyValuePair<string, object?>("state", name));
}
