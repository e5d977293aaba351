namespace Feeds.Mail;

/// <summary>Which deliveries may be claimed: those of one mailing or all, for one relay or whichever.</summary>
internal sealed record ClaimScope(long? MailingId, Relay? Relay = null)
{
    public static ClaimScope Everything { get; } = new((long?)null);
}

/// <summary>A delivery that is ours to send: the claim is durable.</summary>
/// <param name="DeliveryId">Whose.</param>
/// <param name="Number">The fencing token: no outcome is written over a later claim's.</param>
/// <param name="SenderId">This process, as the ledger knows it.</param>
/// <param name="MailingId">Of which mailing.</param>
/// <param name="ContentId">What to send.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="StartedAt">When it was claimed.</param>
/// <param name="Before">Its state before, with what counts for its next attempt.</param>
internal sealed record Claim(
    long DeliveryId,
    int Number,
    long SenderId,
    long MailingId,
    long ContentId,
    MailRecipient Recipient,
    DateTimeOffset StartedAt,
    Standing Before);

/// <summary>Where a delivery stands, as far as its next attempt depends on it.</summary>
internal sealed record Standing(
    DeliveryState State,
    int Attempts,
    int Doubts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? FirstAttemptAt,
    DateTimeOffset? FinishedAt);

/// <summary>What became of a claimed delivery.</summary>
internal enum OutcomeKind
{
    /// <summary>The server took responsibility, or the file is written.</summary>
    Accepted,

    /// <summary>A definite answer: not now (4xx).</summary>
    Deferred,

    /// <summary>A definite answer: never (5xx), or a message that can't be sent at all.</summary>
    Failed,

    /// <summary>The last byte was handed over and no answer came.</summary>
    Uncertain,

    /// <summary>The connection broke while this message was being handed over, certainly before its end.</summary>
    Dropped,

    /// <summary>Nothing was done that concerns this recipient; it is as if it had not been claimed.</summary>
    Untouched,
}

/// <summary>What a refusal for good is about.</summary>
internal enum RefusalCause
{
    /// <summary>Not known, or nothing that follows from.</summary>
    None,

    /// <summary>There is nobody under this address.</summary>
    Address,

    /// <summary>The server doesn't want mail from us (5.7.x), whoever it is for.</summary>
    Policy,

    /// <summary>The server has read the message and doesn't want it.</summary>
    Content,

    /// <summary>The envelope's sender was refused for good.</summary>
    Sender,

    /// <summary>Our own: there is no message to send.</summary>
    NotComposed,
}

/// <summary>What became of a claimed delivery, and what the server said.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="ReplyCode">SMTP reply code (RFC 5321 §4.2), where there was one.</param>
/// <param name="EnhancedCode">Enhanced status code (RFC 3463), where there was one.</param>
/// <param name="Text">The server's text, or ours; at most 500 characters without control characters.</param>
internal sealed record Outcome(OutcomeKind Kind, int? ReplyCode = null, string? EnhancedCode = null, string? Text = null)
{
    /// <summary>Why the relay itself is in trouble: a sentence for the log, without addresses. Null when it is not.</summary>
    public string? Trouble { get; init; }

    /// <summary>What it is about, where more follows from that than for this delivery.</summary>
    public RefusalCause About { get; init; }
}

/// <summary>A claim and its outcome, to be written.</summary>
internal sealed record Completion(Claim Claim, Outcome Outcome, string Relay, DateTimeOffset EndedAt);
