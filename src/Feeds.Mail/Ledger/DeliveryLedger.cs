using System.Collections.Concurrent;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

/// <summary>
/// The one writer of outcomes and claims in this process. Whoever comes first writes for all who wait, in one
/// transaction, so a commit's cost is shared by the open connections.
/// </summary>
/// <remarks>
/// A commit whose answer is lost is never repeated blindly: outcomes are written with the claim's number as their key, and
/// claims that may have come into being are looked up before new ones are made.
/// </remarks>
internal sealed class DeliveryLedger(Database database, SenderLease lease, LaneClaims lanes, IEnumerable<IMailingReview> reviews, IEnumerable<IReturnListener> listeners, MailMeter meter, TimeProvider clock, ILogger<DeliveryLedger> logger) : IDisposable
{
    private readonly ConcurrentQueue<Request> waiting = new();
    private readonly SemaphoreSlim turn = new(1);

    // Under turn: what is in flight over a connection of this process, by claim, for a delivery may be claimed again by the
    // commit that gives it back; and outcomes whose commit failed.
    private readonly HashSet<(long DeliveryId, int Number)> held = [];
    private readonly List<Completion> owed = [];
    private bool lastCommitUnknown;

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    /// <summary>Writes an outcome and claims the next delivery, both durable on return.</summary>
    /// <param name="finished">What the caller has just sent, or null.</param>
    /// <param name="next">What it may claim, or null where it is to claim nothing.</param>
    /// <returns>One claim; null where nothing is due, nothing was asked for, or this process's lease is gone.</returns>
    /// <exception cref="System.Data.Common.DbException">
    /// The database refuses. Nothing is claimed; the outcome is kept and written by the next call that succeeds. The same
    /// is so where an <see cref="IMailingReview"/> throws, whatever that is.
    /// </exception>
    public async Task<Claim?> TurnAsync(Completion? finished, ClaimScope? next)
    {
        var request = new Request(finished, next);
        waiting.Enqueue(request);
        await turn.WaitAsync();
        try
        {
            if (!request.Result.Task.IsCompleted)
            {
                await ServeAsync();
            }
        }
        finally
        {
            turn.Release();
        }

        return await request.Result.Task;
    }

    /// <summary>Writes outcomes that an earlier failure left behind.</summary>
    public Task SettleAsync() => TurnAsync(finished: null, next: null);

    /// <summary>Lets those who added mailings change what is not sent yet.</summary>
    public async Task ReviewAsync()
    {
        foreach (var review in reviews)
        {
            await review.ReviewAsync(CancellationToken.None);
        }
    }

    /// <summary>How many deliveries could be claimed now, counted up to <paramref name="limit"/>.</summary>
    public Task<int> CountDueAsync(ClaimScope scope, int limit) =>
        limit <= 0 ? Task.FromResult(0) : database.ReadAsync(connection => lanes.CountDueAsync(connection, scope, limit));

    private async Task ServeAsync()
    {
        var requests = new List<Request>();
        while (waiting.TryDequeue(out var request))
        {
            requests.Add(request);
        }

        owed.AddRange(requests.Select(request => request.Finished).OfType<Completion>());
        var scopes = requests.Where(request => request.Next is not null).GroupBy(request => request.Next!).ToList();
        if (owed.Count == 0 && scopes.Count == 0 && !lastCommitUnknown)
        {
            requests.ForEach(request => request.Result.SetResult(null));
            return;
        }

        try
        {
            if (scopes.Count > 0)
            {
                await ReviewAsync();
            }

            var (claims, news) = await database.WriteAsync(connection => WriteAsync(connection, scopes), CancellationToken.None);
            lastCommitUnknown = false;
            foreach (var relay in scopes.Select(scope => scope.Key.Relay).OfType<Relay>())
            {
                relay.RetryAt = lanes.RetryAt(relay);
            }

            held.ExceptWith(owed.Select(completion => (completion.Claim.DeliveryId, completion.Claim.Number)));
            meter.Count(owed);
            owed.Clear();
            Log.Tell(logger, news);
            HandOut(requests, claims);
        }
        catch (Exception refused)
        {
            lastCommitUnknown = true;
            requests.ForEach(request => request.Result.SetException(refused));
        }
    }

    private async Task<(Dictionary<ClaimScope, Queue<Claim>> Claims, IReadOnlyList<LedgerNews> News)> WriteAsync(DataConnection transaction, IReadOnlyList<IGrouping<ClaimScope, Request>> scopes)
    {
        var news = await OutcomeRecords.CompleteAsync(transaction, database.Provider, listeners, owed);
        if (lastCommitUnknown)
        {
            // Nothing was sent under them; whoever is next may have them.
            var unknown = await LedgerRecords.FindUnknownClaimsAsync(transaction, lease.Id, held);
            var untouched = new Outcome(OutcomeKind.Untouched);
            await OutcomeRecords.CompleteAsync(transaction, database.Provider, listeners, [.. unknown.Select(claim => new Completion(claim, untouched, "", clock.GetUtcNow()))]);
        }

        var claims = new Dictionary<ClaimScope, Queue<Claim>>();
        foreach (var scope in scopes)
        {
            claims[scope.Key] = new Queue<Claim>(await lanes.ClaimAsync(transaction, scope.Key, scope.Count(), lease.Id));
        }

        return (claims, news);
    }

    private void HandOut(IReadOnlyList<Request> requests, Dictionary<ClaimScope, Queue<Claim>> claims)
    {
        foreach (var request in requests)
        {
            if (request.Next is not null && claims[request.Next].TryDequeue(out var claim))
            {
                held.Add((claim.DeliveryId, claim.Number));
                request.Result.SetResult(claim);
            }
            else
            {
                request.Result.SetResult(null);
            }
        }
    }

    private sealed record Request(Completion? Finished, ClaimScope? Next)
    {
        public TaskCompletionSource<Claim?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
