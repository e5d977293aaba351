using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>The ways out that the configuration names: the servers in <c>live</c>, the pickup folder otherwise.</summary>
internal sealed class Relays
{
    public Relays(IOptions<MailOptions> options, TimeProvider clock, ILogger<CarrierHealth> logger)
    {
        var mail = options.Value;
        All = mail.Mode == MailMode.Live
            ? [.. mail.Servers.Select(smtp => new Relay(new SmtpCarrier(smtp, clock), LimitSets.Of(smtp), smtp.Weight, new CarrierHealth(clock, logger)))]
            : [new Relay(new PickupCarrier(options), LimitSet.None, weight: 1, new CarrierHealth(clock, logger))];
    }

    internal Relays(IReadOnlyList<Relay> all) => All = all;

    public IReadOnlyList<Relay> All { get; }
}
