using LinqToDB;
using LinqToDB.Mapping;

namespace Feeds.Syndication.Hub;

/// <summary>What a subscriber wants.</summary>
internal enum HubMode
{
    [MapValue("subscribe")]
    Subscribe,

    [MapValue("unsubscribe")]
    Unsubscribe,
}

/// <summary>A topic and a callback: a subscription, the wish for one or for its end, or a subscription with such a wish.</summary>
[Table("hub_subscription")]
internal sealed class SubscriptionRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    /// <summary>Hash of callback and topic: a callback is too long for an index.</summary>
    [Column("key")]
    public string Key { get; set; } = "";

    /// <summary>The feed's path below the publication's base.</summary>
    [Column("topic", DataType = DataType.Text)]
    public string Topic { get; set; } = "";

    [Column("callback", DataType = DataType.Text)]
    public string Callback { get; set; } = "";

    /// <inheritdoc cref="CallbackAddress.Host"/>
    [Column("host")]
    public string Host { get; set; } = "";

    [Column("secret")]
    public byte[]? Secret { get; set; }

    /// <summary>Null before the first intent is confirmed: nothing is pushed.</summary>
    [Column("expires_at")]
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Entity tag of what the subscriber got last; before the first push, of what it could read when it asked.</summary>
    [Column("etag")]
    public string ETag { get; set; } = "";

    /// <summary>The newest of the store's changes that touched the topic, as far as the hub was told.</summary>
    [Column("marked")]
    public long Marked { get; set; }

    /// <summary>Pushes that failed since the last that succeeded.</summary>
    [Column("failures")]
    public int Failures { get; set; }

    /// <summary>What the subscriber has asked for and not confirmed yet; null where there is no such thing.</summary>
    [Column("asked_mode")]
    public HubMode? AskedMode { get; set; }

    /// <summary>In seconds.</summary>
    [Column("asked_lease")]
    public int AskedLease { get; set; }

    [Column("asked_secret")]
    public byte[]? AskedSecret { get; set; }

    /// <summary>How often it asked: who confirms an older wish does not confirm a newer one.</summary>
    [Column("asks")]
    public int Asks { get; set; }

    /// <summary>How often the callback could not be asked about its present wish.</summary>
    [Column("ask_failures")]
    public int AskFailures { get; set; }

    /// <summary>When something is to be done; null while nothing is.</summary>
    [Column("next_attempt_at")]
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>The fencing token: nothing is written over what a later claim has found out.</summary>
    [Column("claims")]
    public int Claims { get; set; }

    /// <summary>Until then a process is at work on it.</summary>
    [Column("claimed_until")]
    public DateTimeOffset? ClaimedUntil { get; set; }
}

/// <summary>How far somebody who follows the publication's changes was told of them.</summary>
[Table("feed_follower")]
internal sealed class FollowerRow
{
    [Column("name"), PrimaryKey]
    public string Name { get; set; } = "";

    /// <summary>The store's number of the last change that was told.</summary>
    [Column("change")]
    public long Change { get; set; }

    /// <inheritdoc cref="SubscriptionRow.Failures"/>
    [Column("failures")]
    public int Failures { get; set; }

    [Column("next_attempt_at")]
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <inheritdoc cref="SubscriptionRow.Claims"/>
    [Column("claims")]
    public int Claims { get; set; }

    /// <inheritdoc cref="SubscriptionRow.ClaimedUntil"/>
    [Column("claimed_until")]
    public DateTimeOffset? ClaimedUntil { get; set; }
}
