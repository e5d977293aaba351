using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>The ways out that the configuration names: the pickup folder in <c>pickup</c>, the servers otherwise, guarded as the mode wants it.</summary>
internal sealed class Relays
{
    public Relays(IOptions<MailOptions> options, TimeProvider clock, ILogger<CarrierHealth> logger)
    {
        var mail = options.Value;
        All = mail.Mode == MailMode.Pickup
            ? [new Relay(new PickupCarrier(options), LimitSet.None, weight: 1, new CarrierHealth(clock, logger))]
            : [.. mail.Servers.Select(smtp => new Relay(GuardedCarrier.Around(new SmtpCarrier(smtp, clock), options), LimitSets.Of(smtp), smtp.Weight, new CarrierHealth(clock, logger)))];
    }

    internal Relays(IReadOnlyList<Relay> all) => All = all;

    public IReadOnlyList<Relay> All { get; }
}
