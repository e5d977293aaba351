namespace Feeds.Mail;

/// <summary>
/// The last door before the server in <see cref="MailMode.Allowlist"/>: a message to anybody else doesn't pass it. Who isn't
/// allowed is to be known when a delivery is claimed; one that comes so far was claimed under another setting.
/// </summary>
internal sealed class AllowedConnection(ICarrierConnection inner, AllowedRecipients allowed) : ICarrierConnection
{
    private bool refused;

    /// <inheritdoc/>
    public bool IsUsable => !refused && inner.IsUsable;

    /// <inheritdoc/>
    public async Task<Outcome> SendAsync(OutgoingMail mail)
    {
        if (allowed.Contains(mail.Recipient))
        {
            return await inner.SendAsync(mail);
        }

        // Else the next claim over this connection would be the same delivery.
        refused = true;
        return new Outcome(OutcomeKind.Untouched)
        {
            Trouble = "a mail is for an address that is not in Mail:Allow, and Mail:Mode is allowlist; add the address or its domain, or write another Mail:Mode.",
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
