using System.Globalization;

namespace Feeds.Mail;

/// <summary>One mail to oneself, composed, signed and handed over as a delivery's is.</summary>
internal sealed class TrialMail(MessageComposer composer, ICarrier carrier, TimeProvider clock)
{
    private const string Step = "A mail to yourself";
    private const string Html = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A mail to yourself</title></head><body><p>Somebody asked Feeds for this mail with <code>feeds doctor mail --send</code>. It arrived, é and all.</p></body></html>";
    private const string Text = "Somebody asked Feeds for this mail with `feeds doctor mail --send`. It arrived, é and all.\n";

    /// <summary>What the server answered; what it does with the mail is seen where that arrives.</summary>
    public async Task<MailFinding> SendAsync(MailMode mode, string sender, string address, CancellationToken cancellationToken)
    {
        if (MailAddressSyntax.Normalize(address, out var reason) is not { } recipient)
        {
            return MailFinding.Fail(Step, $"Nothing was sent: {reason}");
        }

        if (mode == MailMode.Pickup)
        {
            return MailFinding.Fail(Step, "Nothing was sent: Mail:Mode is pickup, in which nobody is written to; add --Mail:Mode live to this command to try it.");
        }

        var opening = await carrier.OpenAsync(cancellationToken);
        if (opening.Connection is not { } connection)
        {
            return MailFinding.Fail(Step, $"Nothing was sent: {opening.Trouble}");
        }

        await using (connection)
        {
            var now = clock.GetUtcNow();
            var messageId = string.Create(CultureInfo.InvariantCulture, $"doctor.{now.ToUnixTimeMilliseconds()}@{composer.Sender.Domain}");
            var content = EncodedContent.Encode(new MailContent("A mail to yourself", Html, Text));
            var to = new MailRecipient("doctor", recipient, messageId, null, new Dictionary<string, string>(StringComparer.Ordinal));
            using var message = composer.Compose(new Mailing("doctor", now, "en", null, []), content, to, leaveBy: null);
            return Describe(await connection.SendAsync(new OutgoingMail(message, sender, recipient, messageId, () => Task.FromResult(true))), messageId);
        }
    }

    private static MailFinding Describe(Outcome outcome, string messageId)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{outcome.ReplyCode} {ReplyText.WithoutAddresses(outcome.Text)}").Trim();
        return outcome.Kind switch
        {
            OutcomeKind.Accepted => MailFinding.Pass(
                Step,
                $"The server took it ({said}) as {messageId}. Save it from the mailbox as a file, headers and all, and look at it with --received FILE.eml: Authentication-Results says there what the receiver thinks of it."),
            OutcomeKind.Uncertain => MailFinding.Fail(Step, $"The server didn't answer after the mail's last byte, so it may arrive. {outcome.Trouble}"),
            _ => MailFinding.Fail(Step, $"The server didn't take it: {(said.Length > 0 ? $"{said}." : "")} {outcome.Trouble ?? "What it says is about this address or this mail; try another address."}"),
        };
    }
}
