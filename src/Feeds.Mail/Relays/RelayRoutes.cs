using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>Which relay may take what, and which domains have lanes of their own.</summary>
internal sealed class RelayRoutes
{
    // Who is full for longer leaves its mails to the others; for less, they wait.
    private static readonly TimeSpan LongFull = TimeSpan.FromMinutes(1);
    private readonly MailOptions options;
    private readonly Relays relays;
    private readonly SendingLimits limits;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, LimitSet> limitsOfDomains = new(StringComparer.Ordinal);

    public RelayRoutes(IOptions<MailOptions> options, Relays relays, SendingLimits limits, TimeProvider clock)
    {
        (this.options, this.relays, this.limits, this.clock) = (options.Value, relays, limits, clock);
        foreach (var group in this.options.Domains)
        {
            var shared = LimitSets.Of(group);
            foreach (var name in group.Names)
            {
                limitsOfDomains.TryAdd(name.ToLowerInvariant(), shared);
            }
        }

        Named = limitsOfDomains.Keys.Concat(this.options.Routes.SelectMany(route => route.Domains).Select(name => name.ToLowerInvariant())).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The domains that have lanes of their own.</summary>
    public IReadOnlySet<string> Named { get; }

    /// <summary>The lane's domain for an address: its own, or empty.</summary>
    public string LaneDomain(string address) => Named.Count > 0 && Lanes.DomainOf(address) is var domain && Named.Contains(domain) ? domain : "";

    /// <summary>The limits of the domain of a lane.</summary>
    public LimitSet LimitsOf(LaneRow lane) => limitsOfDomains.GetValueOrDefault(lane.Domain, LimitSet.None);

    /// <summary>When the first of the domains that are at their limits may be written to again; null where none is.</summary>
    public DateTimeOffset? SoonestDomain(DateTimeOffset now) =>
        limitsOfDomains.Values.Select(domain => limits.FullUntil(domain, now)).Where(until => until is not null).Min();

    /// <summary>
    /// The name of the relay that is to take that recipient's mails, by the weights; the same one for a person each time, and
    /// empty where there is no choice.
    /// </summary>
    public string Prefer(LaneRow lane, string recipientKey)
    {
        var route = For(lane).Where(relay => relay.Weight > 0).ToList();
        if (route.Count == 0 || relays.All.Count == 1)
        {
            return "";
        }

        var place = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(recipientKey))) % route.Sum(relay => relay.Weight);
        return route.First(relay => (place -= relay.Weight) < 0).Carrier.Name;
    }

    /// <summary>Whether that relay may take something out of that lane now.</summary>
    public bool MayTake(Relay relay, LaneRow lane)
    {
        if (relays.All.Count == 1)
        {
            return true;
        }

        var route = For(lane);
        if (!route.Contains(relay))
        {
            return false;
        }

        var preferred = route.FirstOrDefault(one => string.Equals(one.Carrier.Name, lane.Relay, StringComparison.OrdinalIgnoreCase));
        return preferred == relay
            || ((preferred is null || IsAway(preferred)) && (relay.Weight > 0 || route.Where(one => one.Weight > 0).All(IsAway)));
    }

    private bool IsAway(Relay relay)
    {
        var now = clock.GetUtcNow();
        return relay.Health.Wait > TimeSpan.Zero || limits.FullUntil(relay.Limits, now) - now > LongFull;
    }

    private IReadOnlyList<Relay> For(LaneRow lane)
    {
        var route = options.Routes.FirstOrDefault(route => Fits(route, lane));
        return route is null ? relays.All : [.. relays.All.Where(relay => route.Relays.Contains(relay.Carrier.Name, StringComparer.OrdinalIgnoreCase))];
    }

    private static bool Fits(RouteOptions route, LaneRow lane) =>
        (route.Domains.Count == 0 || route.Domains.Contains(lane.Domain, StringComparer.OrdinalIgnoreCase))
        && (route.Newsletter is not { } newsletter
            || (lane.ListIdentifier is { } list
                && (string.Equals(list, newsletter, StringComparison.OrdinalIgnoreCase) || list.StartsWith(newsletter + ".", StringComparison.OrdinalIgnoreCase))));
}
