namespace Feeds.Mail;

/// <summary>
/// Hands every message to one address (<see cref="MailMode.Redirect"/>). The message is the one that would have gone, To
/// header included; only the envelope differs. What that address does with it says nothing about those whom it was for: the
/// envelope's sender names no delivery, and a refusal is the setting's trouble.
/// </summary>
internal sealed class RedirectedConnection(ICarrierConnection inner, MailOptions options) : ICarrierConnection
{
    private readonly string recipient = MailAddressSyntax.Normalize(options.RedirectTo, out _)!;

    private readonly string sender =
        (options.BounceAddress is { } bounces ? EnvelopeSender.Parse(bounces) : null) ?? SenderSyntax.Parse(options.From)!.Address;

    private bool refused;

    /// <inheritdoc/>
    public bool IsUsable => !refused && inner.IsUsable;

    /// <inheritdoc/>
    public async Task<Outcome> SendAsync(OutgoingMail mail)
    {
        var outcome = await inner.SendAsync(mail with { Sender = sender, Recipient = recipient });
        refused = outcome.Kind is OutcomeKind.Failed or OutcomeKind.Deferred;
        return refused
            ? new Outcome(OutcomeKind.Untouched)
            {
                Trouble = outcome.Trouble ?? $"the address in Mail:RedirectTo is refused ({outcome.ReplyCode} {ReplyText.WithoutAddresses(outcome.Text)}); write one that takes mail, or another Mail:Mode.",
            }
            : outcome;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
