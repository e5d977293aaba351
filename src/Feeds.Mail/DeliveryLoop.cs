namespace Feeds.Mail;

/// <summary>Delivers what is due. Several loops, also of several processes, share the work; each delivery is claimed by one.</summary>
public sealed class DeliveryLoop
{
    /// <summary>
    /// One tick: names what dead processes left behind as uncertain, then sends everything that is due now over the
    /// configured connections and returns. Cancelling finishes the messages in flight and claims no more.
    /// </summary>
    public Task TickAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ticks until no delivery of that mailing is open any more, waiting for deferred ones.</summary>
    public Task DeliverAsync(string mailingKey, Action<DeliveryCounts> progress, CancellationToken cancellationToken) => throw new NotImplementedException();
}
