using LinqToDB.Mapping;

namespace Feeds.Mail;

[Table("suppression")]
internal sealed class SuppressionRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    /// <summary>See <see cref="Suppressions.Key"/>.</summary>
    [Column("address")]
    public string Address { get; set; } = "";

    /// <summary>Empty of who was erased.</summary>
    [Column("domain")]
    public string Domain { get; set; } = "";

    [Column("reason")]
    public string Reason { get; set; } = "";

    [Column("detail")]
    public string? Detail { get; set; }

    [Column("first_at")]
    public DateTimeOffset FirstAt { get; set; }

    [Column("last_at")]
    public DateTimeOffset LastAt { get; set; }

    /// <summary>Set while it is not listed any more: what came back of earlier mails doesn't list it again.</summary>
    [Column("lifted_at")]
    public DateTimeOffset? LiftedAt { get; set; }

    /// <summary>The delivery that came back; it may be gone.</summary>
    [Column("delivery_id")]
    public long? DeliveryId { get; set; }

    public SuppressedAddress ToAddress() => new(Id, Address, CauseNames.Read(Reason) ?? SuppressionCause.Manual, Detail, FirstAt, LastAt, DeliveryId);
}

/// <summary>How causes are called in the database and in files.</summary>
internal static class CauseNames
{
    public const string Complaint = "complaint";
    public const string Manual = "manual";
    public const string Erased = "erased";

    public static string Write(SuppressionCause cause) => cause switch
    {
        SuppressionCause.HardBounce => "hard_bounce",
        SuppressionCause.SoftBounces => "soft_bounces",
        SuppressionCause.Complaint => Complaint,
        SuppressionCause.Erased => Erased,
        _ => Manual,
    };

    public static SuppressionCause? Read(string name) => name.ToLowerInvariant() switch
    {
        "hard_bounce" => SuppressionCause.HardBounce,
        "soft_bounces" => SuppressionCause.SoftBounces,
        Complaint => SuppressionCause.Complaint,
        Manual => SuppressionCause.Manual,
        Erased => SuppressionCause.Erased,
        _ => null,
    };
}
