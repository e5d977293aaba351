namespace Feeds.Mail;

/// <summary>
/// One tick's sending, over all relays at once. A relay or a connection that is slow holds no other up: while any still
/// sends, or waits for a server to greet it, there is a look once a second whether there is something for those that have
/// nothing left.
/// </summary>
internal sealed class RelayRun(DeliveryLedger ledger, Courier courier, TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();

    // Couriers, and relays that look for what there is for them or open their first connection. Once it is none, it stays so.
    private int atWork;

    /// <summary>Sends what is due over these relays, until nothing is; once a tick.</summary>
    public Task RunAsync(IReadOnlyList<Relay> relays, ClaimScope scope, CancellationToken cancellationToken)
    {
        // All of them at once, or one that is quickly done would think itself the last while another has not begun.
        atWork = relays.Count;
        return Task.WhenAll(relays.Select(relay => Task.Run(() => RunAsync(relay, scope, cancellationToken), CancellationToken.None)));
    }

    private async Task RunAsync(Relay relay, ClaimScope scope, CancellationToken cancellationToken)
    {
        var mine = scope with { Relay = relay };
        var couriers = new Task?[relay.Carrier.Connections];
        try
        {
            await BeginAsync(relay, mine, couriers, cancellationToken);
            while (couriers.Any(courier => courier is not null) || !quiet.Task.IsCompleted)
            {
                var look = await WaitAsync(couriers);
                for (var slot = 0; slot < couriers.Length; slot++)
                {
                    if (couriers[slot] is { IsCompleted: true } ended)
                    {
                        couriers[slot] = null;
                        await ended;
                    }
                }

                // Not whenever a courier ends: it had a reason, and would have it again.
                if (look && TryEnter())
                {
                    await BeginAsync(relay, mine, couriers, cancellationToken);
                }
            }
        }
        finally
        {
            // One that failed doesn't end the tick under the others: the lease is kept for as long as they have something in flight.
            await Task.WhenAll(couriers.OfType<Task>());
        }
    }

    /// <summary>Has couriers begin where something is due, and is then at work no longer itself.</summary>
    private async Task BeginAsync(Relay relay, ClaimScope scope, Task?[] couriers, CancellationToken cancellationToken)
    {
        try
        {
            await SendOutAsync(relay, scope, couriers, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    private async Task SendOutAsync(Relay relay, ClaimScope scope, Task?[] couriers, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || relay.Health.Wait > TimeSpan.Zero)
        {
            return;
        }

        var free = Enumerable.Range(0, relay.Allowed).Where(slot => couriers[slot] is null).ToList();
        free = [.. free.Take(await ledger.CountDueAsync(scope, free.Count))];
        ICarrierConnection? first = null;
        if (free.Count > 0 && couriers.All(courier => courier is null) && (first = await Courier.OpenAsync(relay, cancellationToken)) is null)
        {
            // One alone first: a server that is down or refuses us is asked once, not by all connections.
            return;
        }

        foreach (var slot in free)
        {
            var connection = first;
            first = null;
            // Never in vain, as this relay is at work itself.
            TryEnter();
            couriers[slot] = Task.Run(() => SendAsync(relay, slot, connection, scope, cancellationToken), CancellationToken.None);
        }
    }

    private async Task SendAsync(Relay relay, int slot, ICarrierConnection? connection, ClaimScope scope, CancellationToken cancellationToken)
    {
        try
        {
            await courier.RunAsync(relay, slot, connection ?? await Courier.OpenAsync(relay, cancellationToken), scope, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <returns>False where none is at work any more: then none begins, as the others may have left.</returns>
    private bool TryEnter()
    {
        lock (gate)
        {
            atWork += atWork > 0 ? 1 : 0;
            return atWork > 0;
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--atWork == 0)
            {
                quiet.SetResult();
            }
        }
    }

    /// <returns>Whether it is time to look for more.</returns>
    private async Task<bool> WaitAsync(Task?[] couriers)
    {
        var own = couriers.OfType<Task>().ToList();
        using var over = new CancellationTokenSource();
        var look = Task.Delay(LookEvery, clock, over.Token);
        var ended = await Task.WhenAny([look, .. own, .. own.Count == 0 ? [quiet.Task] : Array.Empty<Task>()]);
        await over.CancelAsync();
        return ended == look;
    }
}
