using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>Forgets who is to be forgotten by <see cref="RetentionOptions"/>, and asks first where that is promised.</summary>
internal sealed class Retention(
    Database database, Erasure erasure, StillWanted stillWanted, AddressChanges addresses, IOptions<NewsletterOptions> options, TimeProvider clock, ILogger<Retention> log)
{
    private const int AtOnce = 100;

    /// <summary>Steps until there is nothing left to do today.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(cancellationToken) > 0)
        {
        }

        await addresses.ForgetAsync(cancellationToken);
        // What an earlier erasure couldn't since somebody was reading.
        await database.ScrubAsync(cancellationToken);
    }

    /// <summary>Does it for a hundred people of each kind at most.</summary>
    /// <returns>How many it concerned.</returns>
    public async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var retention = options.Value.Retention;
        var now = clock.GetUtcNow();
        IQueryable<SubscriberRow> WhoIsOver(IQueryable<SubscriberRow> people) => Over(people, retention, now);
        var over = await ForgetAsync(WhoIsOver, await FindAsync(WhoIsOver, cancellationToken), lists: false, cancellationToken);
        var silent = 0;
        var asked = 0;
        if (retention.InactiveMonths > 0)
        {
            var askedBy = now.AddDays(-retention.AnswerDays);
            silent = await ForgetAsync(people => people.Where(row => row.AskedAgainAt <= askedBy), await stillWanted.UnansweredAsync(askedBy, AtOnce, cancellationToken), lists: true, cancellationToken);
            var seenBefore = now.AddMonths(-retention.InactiveMonths);
            foreach (var id in await FindAsync(people => Silent(people, seenBefore), cancellationToken))
            {
                asked += await stillWanted.AskAsync(id, people => Silent(people, seenBefore), cancellationToken) ? 1 : 0;
            }
        }

        if (over + silent + asked > 0)
        {
            log.RetentionDone(over, silent, asked);
        }

        return over + silent + asked;
    }

    /// <summary>Who gets nothing and has nothing open any more.</summary>
    private static IQueryable<SubscriberRow> Over(IQueryable<SubscriberRow> people, RetentionOptions retention, DateTimeOffset now)
    {
        var askedBefore = now.AddDays(-retention.UnconfirmedDays);
        var leftBefore = now.AddDays(-retention.LeftDays);
        return people.Where(row => row.CreatedAt <= askedBefore && !row.Subscriptions.Any(one =>
            one.State == SubscriptionState.Confirmed
            || (one.State == SubscriptionState.Unconfirmed && one.AskedAt > askedBefore)
            || (one.State == SubscriptionState.Left && one.LeftAt > leftBefore)));
    }

    private static IQueryable<SubscriberRow> Silent(IQueryable<SubscriberRow> people, DateTimeOffset seenBefore) =>
        people.Where(row => row.LastSeenAt <= seenBefore && row.AskedAgainAt == null && row.Subscriptions.Any(one => one.State == SubscriptionState.Confirmed));

    private async Task<int> ForgetAsync(Func<IQueryable<SubscriberRow>, IQueryable<SubscriberRow>> which, IReadOnlyCollection<long> ids, bool lists, CancellationToken cancellationToken) =>
        ids.Count > 0 ? await erasure.EraseAsync(which, ids, "retention", lists, cancellationToken) : 0;

    private Task<List<long>> FindAsync(Func<IQueryable<SubscriberRow>, IQueryable<SubscriberRow>> which, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => which(connection.GetTable<SubscriberRow>()).OrderBy(row => row.Id).Take(AtOnce).Select(row => row.Id).ToListAsync(cancellationToken));
}
