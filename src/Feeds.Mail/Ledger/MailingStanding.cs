using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>Where a mailing stands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="State">Whether its deliveries may be claimed.</param>
/// <param name="Reason">Why it is not being sent; null while it is.</param>
/// <param name="Since">When it last was paused, resumed or cancelled, UTC; null where it never was.</param>
/// <param name="Audience">How many deliveries were frozen with it.</param>
/// <param name="Counts">How many are in each state, read in the same instant.</param>
public sealed record MailingStanding(string Key, MailingState State, string? Reason, DateTimeOffset? Since, int Audience, DeliveryCounts Counts)
{
    /// <summary>By how many the counts fall short of the frozen audience. It is 0, or somebody changed the database by hand.</summary>
    public int Difference => Audience - Counts.Total;
}

/// <summary>Reads where mailings stand.</summary>
internal static class MailingStandings
{
    // Whatever is not held back by a person is over after the age at which deliveries are given up.
    private static readonly TimeSpan Recent = RetryRules.GiveUpAfter * 2;

    /// <summary>The newsletters' mailings that may still be sent, and those that lately were.</summary>
    public static IQueryable<MailingRow> RecentOf(DataConnection connection, DateTimeOffset now) =>
        connection.GetTable<MailingRow>().Where(mailing => mailing.ListIdentifier != null
            && (mailing.Date >= now - Recent || connection.GetTable<LaneRow>().Any(lane => lane.MailingId == mailing.Id && lane.ClosedAt == null)));

    /// <summary>In the order of their freezing. To be read in a snapshot: outcomes come in between the queries otherwise.</summary>
    public static async Task<IReadOnlyList<MailingStanding>> ReadAsync(DataConnection connection, IQueryable<MailingRow> wanted, CancellationToken cancellationToken)
    {
        var mailings = await wanted.OrderBy(row => row.Id).ToListAsync(cancellationToken);
        var ids = mailings.Select(mailing => mailing.Id).ToList();
        var deliveries = connection.GetTable<DeliveryRow>().Where(row => ids.Contains(row.MailingId));
        var states = await deliveries
            .GroupBy(row => new { row.MailingId, row.State })
            .Select(group => new { group.Key.MailingId, group.Key.State, Count = group.Count() })
            .ToListAsync(cancellationToken);
        var doubts = await deliveries
            .Where(row => row.Doubts > 0)
            .GroupBy(row => row.MailingId)
            .Select(group => new
            {
                MailingId = group.Key,
                Count = group.Count(),
                Held = group.Count(row => row.State == DeliveryState.Uncertain && row.FinishedAt != null),
                Asked = group.Count(row => row.State == DeliveryState.Uncertain && row.FinishedAt == null && row.NextAttemptAt == null),
            })
            .ToListAsync(cancellationToken);
        var withdrawn = await deliveries
            .Where(row => row.State == DeliveryState.Suppressed && row.SuppressedAs == SuppressionReason.Withdrawn)
            .GroupBy(row => row.MailingId)
            .Select(group => new { MailingId = group.Key, Count = group.Count() })
            .ToListAsync(cancellationToken);
        return [.. mailings.Select(mailing =>
        {
            int In(DeliveryState state) => states.Where(row => row.MailingId == mailing.Id && row.State == state).Sum(row => row.Count);
            var doubtful = doubts.Find(row => row.MailingId == mailing.Id);
            var counts = new DeliveryCounts(
                In(DeliveryState.Pending),
                In(DeliveryState.InFlight),
                In(DeliveryState.Accepted),
                In(DeliveryState.Deferred),
                In(DeliveryState.Failed),
                In(DeliveryState.Suppressed),
                In(DeliveryState.Uncertain))
            {
                PossiblyTwice = doubtful?.Count ?? 0,
                Held = doubtful?.Held ?? 0,
                Asked = doubtful?.Asked ?? 0,
                Withdrawn = withdrawn.Where(row => row.MailingId == mailing.Id).Sum(row => row.Count),
            };
            return new MailingStanding(mailing.Key, mailing.State, mailing.StateReason, mailing.StateSince, mailing.Audience, counts);
        })];
    }
}
