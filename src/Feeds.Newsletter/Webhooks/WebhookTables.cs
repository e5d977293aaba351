using LinqToDB.Mapping;

namespace Feeds.Newsletter.Webhooks;

/// <summary>A webhook of the configuration that the program last began to serve with. Address and secret are in the configuration alone.</summary>
[Table("webhook")]
internal sealed class WebhookRow
{
    [Column("name"), PrimaryKey]
    public string Name { get; set; } = "";

    /// <summary>What it is told of.</summary>
    [Column("events")]
    public WebhookEvent Events { get; set; }

    /// <summary>When it said that it is gone (410); what happens since waits for the next start. Null else.</summary>
    [Column("ended_at")]
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How many events it was not told of in the end.</summary>
    [Column("given_up")]
    public long GivenUp { get; set; }

    /// <summary>A status, or why there was none; null before the first.</summary>
    [Column("last_answer")]
    public string? LastAnswer { get; set; }

    [Column("answered_at")]
    public DateTimeOffset? AnsweredAt { get; set; }
}

/// <summary>An event that a webhook is still to be told of. There is no address in it: that is looked up when it is sent.</summary>
[Table("webhook_delivery")]
internal sealed class WebhookDeliveryRow
{
    [Column("number"), PrimaryKey, Identity]
    public long Number { get; set; }

    /// <summary>The same for every webhook, and however often it is sent.</summary>
    [Column("event_id")]
    public string EventId { get; set; } = "";

    [Column("webhook")]
    public string Webhook { get; set; } = "";

    [Column("kind")]
    public WebhookEvent Kind { get; set; }

    [Column("subscriber_id")]
    public long SubscriberId { get; set; }

    /// <summary>Empty where it is about the person.</summary>
    [Column("newsletter")]
    public string Newsletter { get; set; } = "";

    [Column("at")]
    public DateTimeOffset At { get; set; }

    [Column("source")]
    public string Source { get; set; } = "";

    /// <summary>How often it was begun to be sent; an outcome counts only for the newest of these.</summary>
    [Column("attempts")]
    public int Attempts { get; set; }

    [Column("due_at")]
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Until then it is one process's; null where it is nobody's.</summary>
    [Column("claimed_until")]
    public DateTimeOffset? ClaimedUntil { get; set; }
}
