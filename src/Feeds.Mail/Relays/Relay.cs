namespace Feeds.Mail;

/// <summary>A way out: where mails are handed over, within which limits, and how it fares at the moment.</summary>
internal sealed class Relay(ICarrier carrier, LimitSet limits, int weight, CarrierHealth health)
{
    private readonly Lock gate = new();
    private int allowed = carrier.Connections;
    private int accepted;
    private int policyTold;

    /// <summary>How many messages bring back one of the connections that a slow-down took.</summary>
    public const int MessagesPerStep = 20;

    public ICarrier Carrier => carrier;

    public LimitSet Limits => limits;

    /// <summary>0 stands by.</summary>
    public int Weight => weight;

    public CarrierHealth Health => health;

    /// <summary>When the limits let the next message through, as the last claim heard; null where nothing waits for them.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>How many connections may be open at the moment; fewer after the server asked to be spared.</summary>
    public int Allowed
    {
        get
        {
            lock (gate)
            {
                return allowed;
            }
        }
    }

    /// <summary>The server asked to be spared (421, or 4.7.x for a message): half as many connections, until it takes messages again.</summary>
    public void SlowDown()
    {
        lock (gate)
        {
            allowed = Math.Max(1, allowed / 2);
            accepted = 0;
        }
    }

    /// <summary>Whether its refusing us as such is still to be told; true once.</summary>
    public bool TellPolicy() => Interlocked.Exchange(ref policyTold, 1) == 0;

    /// <summary>It took a message.</summary>
    public void Accepted()
    {
        lock (gate)
        {
            if (allowed < carrier.Connections && ++accepted >= MessagesPerStep)
            {
                accepted = 0;
                allowed++;
            }
        }
    }
}
