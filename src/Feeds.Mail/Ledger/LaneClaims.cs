using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>Claims out of the lanes that a relay may take from, within the limits of the relay and of the lane's domain.</summary>
internal sealed class LaneClaims(Database database, RelayRoutes routes, SendingLimits limits, QuietHours quiet, IOptions<MailOptions> options, TimeProvider clock)
{
    private readonly AllowedRecipients? recipients = options.Value.Mode == MailMode.Allowlist ? new AllowedRecipients(options.Value.Allow) : null;

    /// <summary>At most <paramref name="count"/> claims; fewer where less is due, or limits or other relays have the right of way.</summary>
    public async Task<IReadOnlyList<Claim>> ClaimAsync(DataConnection transaction, ClaimScope scope, int count, long senderId)
    {
        var now = clock.GetUtcNow();
        var claims = new List<Claim>();
        var relayLimits = scope.Relay?.Limits ?? LimitSet.None;
        var allowed = await limits.AskAsync(transaction, relayLimits, count, now);
        if (allowed > 0)
        {
            foreach (var lane in await Lanes.DueAsync(transaction, scope.MailingId, now))
            {
                if (claims.Count < allowed && MayTake(scope, lane))
                {
                    claims.AddRange(await ClaimAsync(transaction, lane, scope.MailingId, allowed - claims.Count, senderId, now));
                }
            }

            if (claims.Count > 0)
            {
                await limits.SpendAsync(transaction, relayLimits, claims.Count, now);
            }
        }

        return claims;
    }

    /// <summary>How many deliveries that relay could take now, counted up to <paramref name="limit"/>.</summary>
    public async Task<int> CountDueAsync(DataConnection connection, ClaimScope scope, int limit)
    {
        var now = clock.GetUtcNow();
        if (scope.Relay is { } relay && limits.FullUntil(relay.Limits, now) is not null)
        {
            return 0;
        }

        var due = 0;
        foreach (var lane in await Lanes.DueAsync(connection, scope.MailingId, now))
        {
            if (due < limit && MayTake(scope, lane) && limits.FullUntil(routes.LimitsOf(lane), now) is null)
            {
                due += await LedgerRecords.CountDueAsync(connection, lane.Id, MailingWithin(lane, scope.MailingId), limit - due, now);
            }
        }

        return due;
    }

    /// <summary>When limits let the next message through that they keep back now; null where they keep none back.</summary>
    public DateTimeOffset? RetryAt(Relay relay)
    {
        var now = clock.GetUtcNow();
        return limits.FullUntil(relay.Limits, now) ?? routes.SoonestDomain(now);
    }

    // In a lane of its own there is nothing else.
    private static long? MailingWithin(LaneRow lane, long? mailingId) => lane.MailingId is null ? mailingId : null;

    private bool MayTake(ClaimScope scope, LaneRow lane) =>
        (lane.MailingId is null || !quiet.IsNow) && (scope.Relay is not { } relay || routes.MayTake(relay, lane));

    private async Task<IReadOnlyList<Claim>> ClaimAsync(DataConnection transaction, LaneRow lane, long? mailingId, int count, long senderId, DateTimeOffset now)
    {
        var domain = routes.LimitsOf(lane);
        var allowed = await limits.AskAsync(transaction, domain, count, now);
        if (allowed == 0)
        {
            return [];
        }

        var claims = await LedgerRecords.ClaimAsync(transaction, database.Provider, lane.Id, MailingWithin(lane, mailingId), recipients, allowed, senderId, now);
        if (claims.Count > 0)
        {
            await limits.SpendAsync(transaction, domain, claims.Count, now);
        }

        return claims;
    }
}
