using LinqToDB.Mapping;

namespace Feeds.Mail;

/// <summary>Where a delivery stands.</summary>
internal enum DeliveryState
{
    [MapValue("pending")]
    Pending,

    [MapValue("in_flight")]
    InFlight,

    [MapValue("accepted")]
    Accepted,

    [MapValue("deferred")]
    Deferred,

    [MapValue("failed")]
    Failed,

    [MapValue("suppressed")]
    Suppressed,

    [MapValue("uncertain")]
    Uncertain,
}

/// <summary>Why a delivery was suppressed.</summary>
internal enum SuppressionReason
{
    /// <summary>The person left.</summary>
    [MapValue("left")]
    Left,

    /// <summary>What it was to bring was withdrawn.</summary>
    [MapValue("withdrawn")]
    Withdrawn,

    /// <summary>The address is on the suppression list.</summary>
    [MapValue("listed")]
    Listed,

    /// <summary>The address is not in <c>Mail:Allow</c>, and <c>Mail:Mode</c> was <c>allowlist</c>.</summary>
    [MapValue("not_allowed")]
    NotAllowed,

    /// <summary>Its mailing was cancelled.</summary>
    [MapValue("cancelled")]
    Cancelled,
}

[Table("mailing")]
internal sealed class MailingRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("key")]
    public string Key { get; set; } = "";

    [Column("date")]
    public DateTimeOffset Date { get; set; }

    [Column("language")]
    public string Language { get; set; } = "";

    [Column("from_name")]
    public string? FromName { get; set; }

    [Column("answers_form")]
    public bool AnswersForm { get; set; }

    [Column("list_name")]
    public string? ListName { get; set; }

    [Column("list_identifier")]
    public string? ListIdentifier { get; set; }

    [Column("state")]
    public MailingState State { get; set; }

    /// <summary>Why it is not being sent; null while it is.</summary>
    [Column("state_reason")]
    public string? StateReason { get; set; }

    /// <summary>When it last was paused, resumed or cancelled.</summary>
    [Column("state_since")]
    public DateTimeOffset? StateSince { get; set; }

    /// <summary>How many deliveries were frozen with it; the counts of their states sum to it.</summary>
    [Column("audience")]
    public int Audience { get; set; }

    [Column("uncertain_policy")]
    public UncertainPolicy Uncertain { get; set; }
}

[Table("mail_content")]
internal sealed class ContentRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("mailing_id")]
    public long MailingId { get; set; }

    [Column("subject")]
    public string Subject { get; set; } = "";

    [Column("html")]
    public string Html { get; set; } = "";

    [Column("text")]
    public string Text { get; set; } = "";

    [Column("language")]
    public string? Language { get; set; }

    public MailContent ToContent() => new(Subject, Html, Text) { Language = Language };

    public static ContentRow Of(long mailingId, MailContent content) =>
        new() { MailingId = mailingId, Subject = content.Subject, Html = content.Html, Text = content.Text, Language = content.Language };
}

/// <summary>A content that is claimed no more. The content itself never changes: mails that carry it may be in flight.</summary>
[Table("superseded_content")]
internal sealed class SupersededContentRow
{
    [Column("content_id"), PrimaryKey]
    public long ContentId { get; set; }

    /// <summary>The newest one, which goes out in its place; null where nothing does.</summary>
    [Column("by_content_id")]
    public long? ByContentId { get; set; }
}

[Table("delivery")]
internal class DeliveryRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("mailing_id")]
    public long MailingId { get; set; }

    /// <summary>The one of its last claim, or before the first one that of the mailing as it was frozen.</summary>
    [Column("content_id")]
    public long ContentId { get; set; }

    [Column("recipient_key")]
    public string RecipientKey { get; set; } = "";

    [Column("address")]
    public string Address { get; set; } = "";

    [Column("message_id")]
    public string MessageId { get; set; } = "";

    [Column("unsubscribe_url")]
    public string? UnsubscribeUrl { get; set; }

    /// <summary>The personal values, as <see cref="PersonalColumn"/> has them; null where there are none.</summary>
    [Column("personal")]
    public string? Personal { get; set; }

    /// <summary>Where it stands in line; null for what was done with before there were lanes.</summary>
    [Column("lane_id")]
    public long? LaneId { get; set; }

    [Column("state")]
    public DeliveryState State { get; set; }

    /// <summary>How often the recipient's server was asked and spoke for itself, or could have; connection trouble doesn't count.</summary>
    [Column("attempts")]
    public int Attempts { get; set; }

    /// <summary>How often it was claimed; the number of the last claim is the token without which no outcome is written.</summary>
    [Column("claims")]
    public int Claims { get; set; }

    /// <summary>How often the outcome stayed unknown. Above zero it may have arrived more than once, whatever its state is now.</summary>
    [Column("doubts")]
    public int Doubts { get; set; }

    /// <summary>When it may be claimed; null while it is in flight, while it waits for a person's decision and when it is done with.</summary>
    [Column("next_attempt_at")]
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>Whose claim it is; set exactly while it is in flight.</summary>
    [Column("sender_id")]
    public long? SenderId { get; set; }

    [Column("claimed_at")]
    public DateTimeOffset? ClaimedAt { get; set; }

    [Column("first_attempt_at")]
    public DateTimeOffset? FirstAttemptAt { get; set; }

    [Column("finished_at")]
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>
    /// Why it is suppressed, or will be unless the attempt that was under way when that was decided brings it there; on what
    /// failed or is held: that the person left since, so that nobody tries it again.
    /// </summary>
    [Column("suppressed_as")]
    public SuppressionReason? SuppressedAs { get; set; }
}

/// <summary>A delivery that may be claimed.</summary>
internal sealed class DueRow : DeliveryRow
{
    /// <summary>What is to go out; null where that was withdrawn.</summary>
    [Column("newest_content_id")]
    public long? NewestContentId { get; set; }

    /// <summary>Whether the address is on the suppression list; said of ASCII addresses alone.</summary>
    [Column("is_listed")]
    public bool IsListed { get; set; }

    /// <summary>Whether it was claimed as it was found.</summary>
    [Column("is_claimed")]
    public bool IsClaimed { get; set; }
}

[Table("attempt")]
internal sealed class AttemptRow
{
    /// <summary>An <see cref="Outcome"/>: the server took responsibility.</summary>
    public const string Accepted = "accepted";

    /// <summary>An <see cref="Outcome"/>: the server has read the message and doesn't want it.</summary>
    public const string ContentRefused = "refused";

    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("delivery_id")]
    public long DeliveryId { get; set; }

    /// <summary>The claim that it was made under.</summary>
    [Column("number")]
    public int Number { get; set; }

    [Column("started_at")]
    public DateTimeOffset StartedAt { get; set; }

    [Column("ended_at")]
    public DateTimeOffset EndedAt { get; set; }

    [Column("outcome")]
    public string Outcome { get; set; } = "";

    [Column("reply_code")]
    public int? ReplyCode { get; set; }

    [Column("enhanced_code")]
    public string? EnhancedCode { get; set; }

    [Column("reply_text")]
    public string? ReplyText { get; set; }

    [Column("relay")]
    public string? Relay { get; set; }
}

/// <summary>A process that sends. Its claims stand for as long as it keeps renewing this row.</summary>
[Table("sender")]
internal sealed class SenderRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("description")]
    public string Description { get; set; } = "";

    [Column("renewals")]
    public long Renewals { get; set; }

    [Column("renewed_at")]
    public DateTimeOffset RenewedAt { get; set; }
}
