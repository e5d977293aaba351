using System.Globalization;
using System.Net.Security;
using Feeds.Mail;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>Where to connect to.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">1–65535.</param>
/// <param name="StartTls">Whether STARTTLS is required; otherwise there is no TLS.</param>
/// <param name="Trust">Decides about the certificate; null leaves that to the machine's authorities.</param>
internal sealed record SmtpTarget(string Host, int Port, bool StartTls, RemoteCertificateValidationCallback? Trust);

/// <summary>
/// An SMTP connection that doesn't wait where it need not (RFC 2920 §3.1): the end of a message's text and the next message's
/// MAIL, RCPT and DATA go out together, so a message costs one wait. The next one's text stays here until the server has
/// answered for the former's, so that at most one message is ever between its last octet and its answer. Where CHUNKING is
/// offered (RFC 3030), BDAT takes DATA's place.
/// </summary>
internal sealed class PipelinedConnection : IAsyncDisposable
{
    // As many as with MailKit, so that both open as many connections.
    private const int MaximumMessages = 100;

    private readonly SmtpWire wire;
    private readonly SmtpOffer offer;
    private readonly WireText commands = new();
    private readonly List<string> envelope = [];
    private int messages;
    private bool needsReset;
    private bool answered;
    private bool lastHanded;

    private PipelinedConnection(SmtpWire wire, SmtpOffer offer)
    {
        this.wire = wire;
        this.offer = offer;
    }

    /// <summary>Whether it takes another message after the one at hand.</summary>
    public bool TakesAnother => IsOpen && messages < MaximumMessages;

    public bool IsOpen { get; private set; } = true;

    public bool DoublesDots => !offer.Chunking;

    /// <exception cref="SmtpProtocolException">The server refuses, or speaks something else.</exception>
    /// <exception cref="IOException">It broke.</exception>
    public static async Task<PipelinedConnection> OpenAsync(SmtpTarget target, TimeProvider clock, CancellationToken cancellationToken)
    {
        var opened = await SmtpWire.ConnectAsync(target.Host, target.Port, clock, cancellationToken);
        try
        {
            Expect(await opened.ReadAsync());
            var offered = await GreetAsync(opened);
            if (target.StartTls)
            {
                await opened.SendAsync("STARTTLS\r\n"u8.ToArray());
                Expect(await opened.ReadAsync());
                await opened.SecureAsync(target.Host, target.Trust, cancellationToken);
                // What was offered before is void (RFC 3207 §4.2).
                offered = await GreetAsync(opened);
            }

            return new PipelinedConnection(opened, offered);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Why this message can't be sent here at all, or null.</summary>
    public Outcome? Refuse(PipelinedMessage message) =>
        message.IsInternational && !offer.International ? new Outcome(OutcomeKind.Failed, Text: "The server doesn't offer SMTPUTF8 (RFC 6531).")
        : message.Text.Length > offer.MaximumOctets ? new Outcome(OutcomeKind.Failed, Text: "The message is larger than the server takes (RFC 1870).")
        : null;

    /// <summary>Puts a message's envelope with what goes out next.</summary>
    public void Queue(PipelinedMessage message)
    {
        envelope.Clear();
        if (needsReset)
        {
            envelope.Add("RSET\r\n");
        }

        envelope.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"MAIL FROM:<{message.Sender}>{(offer.MaximumOctets is null ? "" : $" SIZE={message.Text.Length}")}{(message.IsInternational ? " SMTPUTF8" : "")}\r\n"));
        envelope.Add($"RCPT TO:<{message.Recipient}>\r\n");
        if (!offer.Chunking)
        {
            envelope.Add("DATA\r\n");
        }

        if (offer.Pipelining)
        {
            envelope.ForEach(commands.Append);
        }
    }

    /// <summary>Hears what the server says to the envelope queued last.</summary>
    /// <returns>Null where it waits for the text.</returns>
    public async Task<Outcome?> OpenAsync()
    {
        (answered, lastHanded) = (false, false);
        messages++;
        try
        {
            await FlushAsync();
            var replies = new List<SmtpReply>();
            foreach (var command in envelope)
            {
                if (!offer.Pipelining)
                {
                    await wire.SendAsync(System.Text.Encoding.UTF8.GetBytes(command));
                }

                replies.Add(await wire.ReadAsync());
                answered = true;
                if (!offer.Pipelining && Refused(command, replies[^1]))
                {
                    break;
                }
            }

            return await JudgeAsync(replies);
        }
        catch (Exception ended) when (IsWire(ended))
        {
            return Broken(ended);
        }
    }

    /// <summary>Hands over all of the text but its end.</summary>
    public async Task<Outcome?> SendTextAsync(PipelinedMessage message)
    {
        var text = message.Text.Octets;
        try
        {
            if (offer.Chunking)
            {
                commands.Append(string.Create(CultureInfo.InvariantCulture, $"BDAT {text.Length} LAST\r\n"));
                await FlushAsync();
                text = text[..^2];
            }

            await wire.SendAsync(text);
            return null;
        }
        catch (Exception ended) when (IsWire(ended))
        {
            return Broken(ended);
        }
    }

    /// <summary>Hands over the end of the text together with the next message's envelope, and hears what became of the message.</summary>
    public async Task<Outcome> FinishAsync(PipelinedMessage? next)
    {
        try
        {
            commands.Append(offer.Chunking ? "\r\n" : ".\r\n");
            if (next is not null)
            {
                needsReset = false;
                Queue(next);
            }

            lastHanded = true;
            await FlushAsync();
            var reply = await wire.ReadAsync();
            needsReset = !reply.IsPositive;
            return Answered(reply);
        }
        catch (Exception ended) when (IsWire(ended))
        {
            return Broken(ended);
        }
    }

    /// <summary>Ends a connection on which something must not be finished.</summary>
    public void Abandon() => IsOpen = false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (IsOpen)
            {
                await wire.SendAsync("QUIT\r\n"u8.ToArray());
                await wire.ReadAsync();
            }
        }
        catch (Exception ended) when (IsWire(ended))
        {
            // All outcomes are known; how the connection ends is nobody's concern.
        }
        finally
        {
            await wire.DisposeAsync();
        }
    }

    private static async Task<SmtpOffer> GreetAsync(SmtpWire opened)
    {
        await opened.SendAsync("EHLO [127.0.0.1]\r\n"u8.ToArray());
        return SmtpOffer.Read(Expect(await opened.ReadAsync()));
    }

    private static SmtpReply Expect(SmtpReply reply) => reply.IsPositive ? reply : throw new SmtpProtocolException($"The server refuses: {reply.Code} {ReplyText.WithoutAddresses(reply.Text)}");

    private static bool IsWire(Exception ended) => ended is IOException or SmtpProtocolException or OperationCanceledException or System.Net.Sockets.SocketException;

    private static bool Refused(string command, SmtpReply reply) => command.StartsWith("DATA", StringComparison.Ordinal) ? !reply.IsIntermediate : !reply.IsPositive;

    private async Task FlushAsync()
    {
        if (commands.Length > 0)
        {
            await wire.SendAsync(commands.Octets);
            commands.Clear();
        }
    }

    private async Task<Outcome?> JudgeAsync(List<SmtpReply> replies)
    {
        for (var i = 0; i < replies.Count; i++)
        {
            if (!Refused(envelope[i], replies[i]))
            {
                continue;
            }

            // A server that wants a text from a message without a recipient gets none (RFC 2920 §3.1).
            if (replies[^1].IsIntermediate)
            {
                await wire.SendAsync(".\r\n"u8.ToArray());
                await wire.ReadAsync();
            }

            needsReset = true;
            var outcome = Answered(replies[i]);
            return envelope[i].StartsWith("MAIL", StringComparison.Ordinal) && IsOpen && replies[i].Code != 552 && outcome.EnhancedCode is not "5.3.4"
                ? new Outcome(OutcomeKind.Untouched) { Trouble = $"The sender is refused: {replies[i].Code} {ReplyText.WithoutAddresses(replies[i].Text)}" }
                : outcome;
        }

        return null;
    }

    private Outcome Answered(SmtpReply reply)
    {
        var outcome = new Outcome(OutcomeKind.Accepted, reply.Code, ReplyText.EnhancedCode(reply.Text), ReplyText.Clean(reply.Text));
        if (reply.IsPositive)
        {
            return outcome;
        }

        IsOpen = reply.Code is >= 400 and not 421;
        return outcome with
        {
            Kind = reply.Code switch
            {
                421 => OutcomeKind.Dropped,
                >= 500 => OutcomeKind.Failed,
                >= 400 => OutcomeKind.Deferred,
                _ => lastHanded ? OutcomeKind.Uncertain : OutcomeKind.Dropped,
            },
            Trouble = IsOpen ? null : $"The server ends the connection: {reply.Code} {ReplyText.WithoutAddresses(reply.Text)}",
        };
    }

    private Outcome Broken(Exception ended)
    {
        IsOpen = false;
        var text = $"The connection ended ({ended.GetType().Name}).";
        // A kept connection that the server closed meanwhile says nothing about this message.
        return lastHanded ? new Outcome(OutcomeKind.Uncertain, Text: text) { Trouble = text }
            : messages > 1 && !answered ? new Outcome(OutcomeKind.Untouched)
            : new Outcome(OutcomeKind.Dropped, Text: text) { Trouble = text };
    }
}
