using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail;

/// <summary>Delivers what is due. Several loops, also of several processes, share the work; each delivery is claimed by one.</summary>
public sealed class DeliveryLoop : IDisposable
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(10);

    // Longer than from one tick to the next, so that it doesn't come and go with them.
    private static readonly TimeSpan RefusalStands = TimeSpan.FromSeconds(5);

    private readonly Database database;
    private readonly Outbox outbox;
    private readonly DeliveryLedger ledger;
    private readonly SenderLease lease;
    private readonly AbandonedClaims abandoned;
    private readonly Relays relays;
    private readonly LaneKeeper keeper;
    private readonly Courier courier;
    private readonly MailMeter meter;
    private readonly LiveGuard guard;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim one = new(1);
    private volatile bool wasRefused;
    private long refusedAt;

    internal DeliveryLoop(
        Database database, Outbox outbox, DeliveryLedger ledger, SenderLease lease, AbandonedClaims abandoned, Relays relays, LaneKeeper keeper, Courier courier, LiveGuard guard, MailMeter meter, TimeProvider clock)
    {
        this.database = database;
        this.outbox = outbox;
        this.ledger = ledger;
        this.lease = lease;
        this.abandoned = abandoned;
        this.relays = relays;
        this.keeper = keeper;
        this.courier = courier;
        this.meter = meter;
        this.guard = guard;
        this.clock = clock;
    }

    /// <summary>Whether a tick failed within the last five seconds: the database can't be reached, or takes no writes.</summary>
    public bool IsRefused => wasRefused && clock.GetElapsedTime(Volatile.Read(ref refusedAt)) < RefusalStands;

    /// <summary>
    /// One tick: names what dead processes left behind as uncertain, then sends everything that is due now over the
    /// configured connections and returns. Cancelling finishes the messages in flight, claims no more and returns.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">The database refuses; what is known is written by a later tick.</exception>
    public Task TickAsync(CancellationToken cancellationToken) => TickAsync(ClaimScope.Everything, cancellationToken);

    /// <summary>
    /// Ticks until no delivery of that mailing is open any more, waiting for deferred ones; or until what is open waits for a
    /// person: the mailing is paused, or nobody knows whether they arrived and its policy is to ask.
    /// </summary>
    /// <param name="mailingKey">The mailing; others are left alone.</param>
    /// <param name="progress">Called about once a second and at the end.</param>
    /// <param name="cancellationToken">Finishes the messages in flight, claims no more and returns.</param>
    /// <exception cref="ArgumentException">There is no such mailing.</exception>
    /// <exception cref="System.Data.Common.DbException">The database refuses.</exception>
    public async Task DeliverAsync(string mailingKey, Action<DeliveryCounts> progress, CancellationToken cancellationToken)
    {
        var id = await database.ReadAsync(connection => connection.GetTable<MailingRow>().Where(row => row.Key == mailingKey).Select(row => (long?)row.Id).SingleOrDefaultAsync(cancellationToken))
            ?? throw new ArgumentException("There is no mailing of that key.", nameof(mailingKey));
        var scope = new ClaimScope(id);
        while (true)
        {
            var tick = Task.Run(() => TickAsync(scope, cancellationToken), CancellationToken.None);
            while (!tick.IsCompleted)
            {
                using var ended = new CancellationTokenSource();
                await Task.WhenAny(tick, Task.Delay(ProgressEvery, clock, ended.Token));
                await ended.CancelAsync();
                progress((await outbox.CountAsync([mailingKey], CancellationToken.None))[mailingKey]);
            }

            await tick;
            var counts = (await outbox.CountAsync([mailingKey], CancellationToken.None))[mailingKey];
            progress(counts);
            if (counts.Open == counts.Asked || !await IsSendingAsync(id) || cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await RestAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    /// <summary>For the end of the process: takes its row out of the ledger, so that nobody waits for it.</summary>
    internal Task ReleaseAsync() => lease.ReleaseAsync();

    private Task<bool> IsSendingAsync(long mailingId) => database.ReadAsync(connection =>
        connection.GetTable<MailingRow>().AnyAsync(row => row.Id == mailingId && (row.State == MailingState.Sending || row.ListIdentifier == null)));

    private async Task RestAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(ProgressEvery, clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The next tick claims nothing and the caller's loop ends.
        }
    }

    private async Task TickAsync(ClaimScope scope, CancellationToken cancellationToken)
    {
        await one.WaitAsync(CancellationToken.None);
        try
        {
            await ledger.SettleAsync();
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await abandoned.TickAsync(CancellationToken.None);
            await keeper.BeginAsync();
            // Also while nothing is due: what waits for its next attempt is to be known as withdrawn now, not in hours.
            await ledger.ReviewAsync();
            if (await IsAnyDueAsync(scope) && await guard.FindTroubleAsync(CancellationToken.None) is null)
            {
                await SendAsync(scope, cancellationToken);
            }

            await meter.RefreshAsync(CancellationToken.None);
        }
        catch
        {
            Volatile.Write(ref refusedAt, clock.GetTimestamp());
            wasRefused = true;
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<bool> IsAnyDueAsync(ClaimScope scope)
    {
        foreach (var relay in relays.All)
        {
            if (relay.Health.Wait == TimeSpan.Zero && await ledger.CountDueAsync(scope with { Relay = relay }, 1) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private async Task SendAsync(ClaimScope scope, CancellationToken cancellationToken)
    {
        await lease.EnsureAsync(CancellationToken.None);
        using var over = new CancellationTokenSource();
        var keeping = Task.WhenAll(lease.KeepAsync(over.Token), NoteAsync(over.Token));
        try
        {
            await new RelayRun(ledger, courier, clock).RunAsync(relays.All, scope, cancellationToken);
            await keeper.EndAsync();
        }
        finally
        {
            await over.CancelAsync();
            await keeping;
            await guard.NoteAsync(CancellationToken.None);
        }
    }

    private async Task NoteAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(NoteEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await guard.NoteAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The tick is over.
        }
    }
}
