using LinqToDB.Mapping;

namespace Feeds.Newsletter.Joining;

/// <summary>A request that was taken and whose mail is not written yet; one an address.</summary>
[Table("join_request")]
internal sealed class JoinRequestRow
{
    /// <summary>Keyed hash of the address in lower case.</summary>
    [Column("address_key"), PrimaryKey]
    public string AddressKey { get; set; } = "";

    [Column("email")]
    public string Email { get; set; } = "";

    /// <summary>A request’s words as JSON.</summary>
    [Column("wish")]
    public string Wish { get; set; } = "";

    [Column("worth")]
    public JoinWorth Worth { get; set; }

    [Column("network_key")]
    public string NetworkKey { get; set; } = "";

    [Column("domain_key")]
    public string DomainKey { get; set; } = "";

    [Column("asked_at")]
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>From when its mail may be written; null while it waits for room in the budgets.</summary>
    [Column("due_at")]
    public DateTimeOffset? DueAt { get; set; }
}

/// <summary>How many mails of a budget are gone since it began. Addresses and networks are keyed hashes only.</summary>
[Table("join_budget")]
internal sealed class JoinBudgetRow
{
    [Column("key"), PrimaryKey]
    public string Key { get; set; } = "";

    [Column("scope")]
    public BudgetScope Scope { get; set; }

    [Column("began")]
    public DateTimeOffset Began { get; set; }

    [Column("count")]
    public int Count { get; set; }
}

/// <summary>A request that was mailed and isn't answered: when the person is reminded, and when they are forgotten.</summary>
[Table("join_unanswered")]
internal sealed class UnansweredRow
{
    [Column("subscriber_id"), PrimaryKey(1)]
    public long SubscriberId { get; set; }

    [Column("newsletter"), PrimaryKey(2)]
    public string Newsletter { get; set; } = "";

    [Column("asked_number")]
    public int AskedNumber { get; set; }

    /// <summary>Null once it is done.</summary>
    [Column("remind_at")]
    public DateTimeOffset? RemindAt { get; set; }

    [Column("forget_at")]
    public DateTimeOffset ForgetAt { get; set; }
}
