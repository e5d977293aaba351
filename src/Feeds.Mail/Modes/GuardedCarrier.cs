using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>
/// The SMTP server in the modes that protect people from a try: nothing goes to anybody but whom the mode names. It stands
/// around any carrier, so that no way to a server is without it.
/// </summary>
internal sealed class GuardedCarrier(ICarrier inner, Func<ICarrierConnection, ICarrierConnection> guard) : ICarrier
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int Connections => inner.Connections;

    /// <summary>The carrier as the mode wants it; itself where mails go to whom they are for.</summary>
    public static ICarrier Around(ICarrier carrier, IOptions<MailOptions> options) => options.Value.Mode switch
    {
        MailMode.Redirect => new GuardedCarrier(carrier, connection => new RedirectedConnection(connection, options.Value)),
        MailMode.Allowlist => new GuardedCarrier(carrier, connection => new AllowedConnection(connection, new AllowedRecipients(options.Value.Allow))),
        _ => carrier,
    };

    /// <inheritdoc/>
    public async Task<CarrierOpening> OpenAsync(CancellationToken cancellationToken)
    {
        var opening = await inner.OpenAsync(cancellationToken);
        return opening.Connection is { } connection ? opening with { Connection = guard(connection) } : opening;
    }
}
