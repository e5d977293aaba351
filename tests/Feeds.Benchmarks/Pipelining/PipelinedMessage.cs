using Feeds.Mail;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>A claimed delivery, ready for the wire.</summary>
/// <param name="Claim">Durable.</param>
/// <param name="Sender">The envelope's.</param>
/// <param name="Text">The whole message.</param>
internal sealed record PipelinedMessage(Claim Claim, string Sender, WireText Text)
{
    public string Recipient => Claim.Recipient.Address;

    /// <summary>Whether it needs SMTPUTF8 (RFC 6531).</summary>
    public bool IsInternational => !Recipient.All(char.IsAscii);
}
