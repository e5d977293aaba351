namespace Feeds.Mail;

/// <summary>Wakes the worker of this process before its second is over.</summary>
internal sealed class DeliverySignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0, 1);

    /// <inheritdoc/>
    public void Dispose() => raised.Dispose();

    /// <summary>Raises the signal; raising it twice before the worker looks is the same as once.</summary>
    public void Set()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // The worker has not looked yet and will see both.
        }
    }

    /// <summary>Returns when the signal is raised or the time is over, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await raised.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
