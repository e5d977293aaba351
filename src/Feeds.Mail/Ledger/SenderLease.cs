using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// This process as the ledger knows it. Its claims stand while it keeps renewing its row; others that watch the row
/// stand still for <see cref="Duration"/> take them away (<see cref="AbandonedClaims"/>), and then the row is gone.
/// Durations are measured by each process's own monotonic clock, so neither a wrong nor a jumping wall clock counts.
/// </summary>
internal sealed class SenderLease(Database database, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    // Others count from a renewal that they see, we from the moment before we wrote it; this is for what they are faster.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim renewing = new(1);
    private long confirmedAt;

    /// <summary>The row's id, or 0 before the first <see cref="EnsureAsync"/>.</summary>
    public long Id { get; private set; }

    private bool IsFresh => Id != 0 && clock.GetElapsedTime(confirmedAt) < Duration - Margin;

    /// <inheritdoc/>
    public void Dispose() => renewing.Dispose();

    /// <summary>Registers this process, or renews its row; where it was taken away, registers anew.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await renewing.WaitAsync(cancellationToken);
        try
        {
            if (Id == 0 || !await RenewLockedAsync())
            {
                await RegisterAsync(cancellationToken);
            }
        }
        finally
        {
            renewing.Release();
        }
    }

    /// <summary>Whether this process may still act on its claims. Cheap while the last renewal is recent.</summary>
    public async Task<bool> IsHeldAsync(long senderId)
    {
        if (IsFresh)
        {
            return Id == senderId;
        }

        try
        {
            // Fresh still: the process may have been stopped between the renewal and here.
            return await RenewAsync() && IsFresh && Id == senderId;
        }
        catch (Exception unreachable) when (unreachable is System.Data.Common.DbException or IOException or TimeoutException or InvalidOperationException)
        {
            // A process that can't reach the ledger can't know that it was not replaced.
            return false;
        }
    }

    /// <summary>Renews until cancelled. A renewal that fails is tried again; <see cref="IsHeldAsync"/> says what is so.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RenewEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await RenewAsync();
                }
                catch (Exception unreachable) when (unreachable is not OperationCanceledException)
                {
                    // The next one may do; without any the claims are given up in time.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The tick is over.
        }
    }

    /// <summary>Takes the row away when the process ends in order, with nothing in flight.</summary>
    public async Task ReleaseAsync()
    {
        var id = Id;
        if (id == 0)
        {
            return;
        }

        Id = 0;
        await database.WriteAsync(
            connection => connection.GetTable<SenderRow>()
                .Where(row => row.Id == id && !connection.GetTable<DeliveryRow>().Any(delivery => delivery.SenderId == id))
                .DeleteAsync(CancellationToken.None),
            CancellationToken.None);
    }

    private async Task<bool> RenewAsync()
    {
        await renewing.WaitAsync();
        try
        {
            return Id != 0 && await RenewLockedAsync();
        }
        finally
        {
            renewing.Release();
        }
    }

    private async Task<bool> RenewLockedAsync()
    {
        var began = clock.GetTimestamp();
        var id = Id;
        var renewed = await database.WriteAsync(
            connection => connection.GetTable<SenderRow>()
                .Where(row => row.Id == id)
                .Set(row => row.Renewals, row => row.Renewals + 1)
                .Set(row => row.RenewedAt, clock.GetUtcNow())
                .UpdateAsync(CancellationToken.None),
            CancellationToken.None) == 1;
        if (renewed)
        {
            confirmedAt = began;
        }

        return renewed;
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var now = clock.GetUtcNow();
        Id = await database.WriteAsync(
            async connection =>
            {
                // Of processes that were idle when they ended. One that is only idle registers again.
                await connection.GetTable<SenderRow>()
                    .Where(row => row.RenewedAt < now.AddDays(-1) && !connection.GetTable<DeliveryRow>().Any(delivery => delivery.SenderId == row.Id))
                    .DeleteAsync(cancellationToken);
                return await connection.InsertWithInt64IdentityAsync(
                    new SenderRow { Description = $"{Environment.MachineName}, process {Environment.ProcessId}", RenewedAt = now }, token: cancellationToken);
            },
            cancellationToken);
        confirmedAt = began;
    }
}
