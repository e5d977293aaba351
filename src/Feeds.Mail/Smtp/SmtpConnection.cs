using System.Globalization;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Feeds.Mail;

/// <summary>
/// An open SMTP connection. What a failure means is decided by how far the message got: before the final dot it certainly
/// was not delivered, after it only the server knows.
/// </summary>
internal sealed class SmtpConnection(SmtpClient client, WireStage stage, SmtpOptions smtp, TimeProvider clock) : ICarrierConnection
{
    /// <summary>RFC 5321 §4.5.3.2.6: the server may need so long for its answer to the final dot.</summary>
    public static readonly TimeSpan ReplyPatience = TimeSpan.FromMinutes(10);

    // Against a server that answers byte by byte, each within its time.
    private static readonly TimeSpan MessagePatience = TimeSpan.FromMinutes(25);
    private static readonly TimeSpan QuitPatience = TimeSpan.FromSeconds(10);

    // Many servers end a connection after a hundred messages or so, and none minds our doing it first.
    private const int MaximumMessages = 100;

    private int messages;
    private bool broken;

    /// <inheritdoc/>
    public bool IsUsable => !broken && client.IsConnected && messages < MaximumMessages;

    /// <summary>How long each single answer is waited for; for tests, because the library measures it by a clock of its own.</summary>
    internal TimeSpan PatienceWithAnswers => TimeSpan.FromMilliseconds(client.Timeout);

    /// <inheritdoc/>
    public async Task<Outcome> SendAsync(OutgoingMail mail)
    {
        var international = !mail.Recipient.All(char.IsAscii);
        if (international && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
        {
            return new Outcome(OutcomeKind.Failed, Text: "The server doesn't offer SMTPUTF8 (RFC 6531), which an address with letters beyond ASCII before the @ needs.");
        }

        if (client.Capabilities.HasFlag(SmtpCapabilities.Size) && client.MaxSize > 0 && ((SplicedBody)mail.Message.Body!).LeastOctets > client.MaxSize)
        {
            // MailKit only tells the server the size, and not every server looks (RFC 1870 §6.1).
            return new Outcome(OutcomeKind.Failed, Text: string.Create(CultureInfo.InvariantCulture, $"The message is larger than the {client.MaxSize} octets that the server takes (RFC 1870).")) { About = RefusalCause.Content };
        }

        stage.Begin();
        ((SplicedBody)mail.Message.Body!).Written = () => WrittenAsync(mail);
        using var patience = new CancellationTokenSource(MessagePatience, clock);
        messages++;
        try
        {
            var reply = await client.SendAsync(
                MessageComposer.Format(international), mail.Message, new MailboxAddress("", mail.Sender), [new MailboxAddress("", mail.Recipient)], patience.Token);
            return new Outcome(OutcomeKind.Accepted, (int)SmtpStatusCode.Ok, ReplyText.EnhancedCode(reply), ReplyText.WithoutAddresses(reply));
        }
        catch (SmtpCommandException refused)
        {
            return Answered(refused);
        }
        catch (ServiceNotAuthenticatedException refused)
        {
            broken = true;
            return new Outcome(OutcomeKind.Untouched) { Trouble = SmtpTrouble.Describe(refused, smtp) };
        }
        catch (ClaimLostException)
        {
            broken = true;
            return new Outcome(OutcomeKind.Untouched);
        }
        catch (Exception ended)
        {
            broken = true;
            return Broken(ended);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(QuitPatience, clock);
        try
        {
            await client.DisconnectAsync(quit: !broken, patience.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or TimeoutException or CommandException or ProtocolException or InvalidOperationException)
        {
            // All outcomes are known; how the connection ends is nobody's concern.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task WrittenAsync(OutgoingMail mail)
    {
        if (!stage.DataAsked)
        {
            // MailKit is only measuring the message for SIZE.
            return;
        }

        if (!await mail.MayFinish())
        {
            throw new ClaimLostException();
        }

        stage.BodyWritten();
    }

    private Outcome Answered(SmtpCommandException refused)
    {
        var code = (int)refused.StatusCode;
        var enhanced = ReplyText.EnhancedCode(refused.Message);
        var outcome = new Outcome(code >= 500 ? OutcomeKind.Failed : OutcomeKind.Deferred, code, enhanced, ReplyText.WithoutAddresses(refused.Message));
        if (refused.StatusCode == SmtpStatusCode.ServiceNotAvailable)
        {
            broken = true;
            return outcome with { Kind = OutcomeKind.Dropped, Trouble = SmtpTrouble.Describe(refused, smtp) };
        }

        if (code is < 400 or > 599)
        {
            broken = true;
            var doubt = stage.DotHanded;
            return outcome with { Kind = doubt ? OutcomeKind.Uncertain : OutcomeKind.Dropped, Trouble = SmtpTrouble.Describe(refused, smtp) };
        }

        // 552 and 5.3.4 at MAIL FROM are about this message's size (RFC 1870); all else there is about us.
        return refused.ErrorCode == SmtpErrorCode.SenderNotAccepted && code != 552 && enhanced is not "5.3.4"
            ? new Outcome(OutcomeKind.Untouched)
            {
                About = code >= 500 ? RefusalCause.Sender : RefusalCause.None,
                Trouble = string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:Host {smtp.Host} doesn't take mail from the address in Mail:BounceAddress, or where that is unset in Mail:From ({code} {ReplyText.WithoutAddresses(refused.Message)}); write one that it may send for."),
            }
            : code >= 500 ? RefusedForGood(refused, outcome) : outcome;
    }

    private Outcome RefusedForGood(SmtpCommandException refused, Outcome outcome)
    {
        var atRecipient = refused.ErrorCode == SmtpErrorCode.RecipientNotAccepted;
        if (outcome.EnhancedCode is "5.2.2" || (outcome is { ReplyCode: 552, EnhancedCode: null } && atRecipient))
        {
            // The mailbox is full, which passes however final it sounds.
            return outcome with { Kind = OutcomeKind.Deferred };
        }

        // After the message was read, only a code that is about nothing but the address is believed to be about that.
        var judged = atRecipient || outcome.EnhancedCode is not null ? BounceRules.Judge(outcome.EnhancedCode, $"{outcome.ReplyCode} {outcome.Text}").Class : BounceClass.Soft;
        return judged switch
        {
            BounceClass.Hard => outcome with { About = RefusalCause.Address },
            // Also what is too large for it, of which the size at MAIL FROM is enough.
            _ when stage.DotHanded || refused.ErrorCode == SmtpErrorCode.SenderNotAccepted => outcome with { About = RefusalCause.Content },
            BounceClass.Policy when atRecipient => outcome with { About = RefusalCause.Policy },
            _ => outcome,
        };
    }

    private Outcome Broken(Exception ended)
    {
        var text = $"The connection ended ({ended.GetType().Name}).";
        if (stage.DotHanded || (stage.DotPossible && ended is OperationCanceledException or TimeoutException))
        {
            return new Outcome(OutcomeKind.Uncertain, Text: text) { Trouble = SmtpTrouble.Describe(ended, smtp) };
        }

        // A kept connection that the server closed meanwhile says nothing about this message.
        return messages > 1 && !stage.Answered
            ? new Outcome(OutcomeKind.Untouched)
            : new Outcome(OutcomeKind.Dropped, Text: text) { Trouble = SmtpTrouble.Describe(ended, smtp) };
    }

    /// <summary>Another process took the claim over while the message was on its way; it must not be finished.</summary>
    private sealed class ClaimLostException : Exception;
}
