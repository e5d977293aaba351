using MimeKit;

namespace Feeds.Mail;

/// <summary>Where mails are handed over: the SMTP server, or the pickup folder.</summary>
internal interface ICarrier
{
    /// <summary>What the ledger notes beside each attempt.</summary>
    string Name { get; }

    /// <summary>How many connections may be open at once.</summary>
    int Connections { get; }

    /// <summary>Opens a connection that is ready to take a message.</summary>
    Task<CarrierOpening> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>A connection, or a sentence why there is none and what to mend; without addresses and secrets.</summary>
internal sealed record CarrierOpening(ICarrierConnection? Connection, string? Trouble);

/// <summary>An open connection; it is used by one at a time.</summary>
internal interface ICarrierConnection : IAsyncDisposable
{
    /// <summary>Whether it takes another message.</summary>
    bool IsUsable { get; }

    /// <summary>Hands a message over. Never throws for what a server or a disk can do, and can't be cancelled: a message once begun is finished.</summary>
    Task<Outcome> SendAsync(OutgoingMail mail);
}

/// <summary>One message to one recipient.</summary>
/// <param name="Message">As it goes out; its body is a <see cref="SplicedBody"/>.</param>
/// <param name="Sender">Address of the envelope's sender.</param>
/// <param name="Recipient">Address of the envelope's recipient.</param>
/// <param name="MessageId">Without angle brackets.</param>
/// <param name="MayFinish">Asked as late as possible: whether this process's claim still stands. If not, nothing must get out.</param>
internal sealed record OutgoingMail(MimeMessage Message, string Sender, string Recipient, string MessageId, Func<Task<bool>> MayFinish);
