using LinqToDB.Mapping;

namespace Feeds.Mail;

/// <summary>What came back of a delivery, as far as it has an effect or counts for one.</summary>
internal enum ReturnEventKind
{
    /// <summary>There is nobody under the address.</summary>
    [MapValue("hard")]
    Hard,

    /// <summary>It came back for a reason that may pass.</summary>
    [MapValue("soft")]
    Soft,

    /// <summary>It came back because of the sender or the message; that says nothing about the address.</summary>
    [MapValue("policy")]
    Policy,

    /// <summary>The person called it unwanted.</summary>
    [MapValue("complaint")]
    Complaint,

    /// <summary>The person wants to leave.</summary>
    [MapValue("unsubscribe")]
    Unsubscribe,
}

/// <summary>What came back of a delivery that is ours: the token was verified.</summary>
/// <param name="DeliveryId">Whose.</param>
/// <param name="Kind">What.</param>
/// <param name="Identity">The same each time that this comes in.</param>
internal sealed record ReturnEvent(long DeliveryId, ReturnEventKind Kind, string Identity)
{
    /// <summary>The relay that told it, or null for a mail. A relay's identities are its own, and each has one effect, whatever it is told of.</summary>
    public string? Relay { get; init; }

    /// <summary>The enhanced status code (RFC 3463), or null.</summary>
    public string? Status { get; init; }

    /// <summary>What the server said: one line of at most 500 characters; or null.</summary>
    public string? Text { get; init; }
}

[Table("returned_message")]
internal sealed class ReturnedMessageRow
{
    /// <summary>Of the mail, the delivery and the kind: who comes second finds it there.</summary>
    [Column("key"), PrimaryKey]
    public string Key { get; set; } = "";

    [Column("delivery_id")]
    public long DeliveryId { get; set; }

    [Column("kind")]
    public ReturnEventKind Kind { get; set; }

    [Column("status")]
    public string? Status { get; set; }

    [Column("text")]
    public string? Text { get; set; }

    [Column("received_at")]
    public DateTimeOffset ReceivedAt { get; set; }
}
