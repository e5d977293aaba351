using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Newsletter;

[Table("cadence")]
internal sealed class CadenceRow
{
    [Column("name"), PrimaryKey]
    public string Name { get; set; } = "";

    [Column("title")]
    public string Title { get; set; } = "";

    [Column("cron")]
    public string Cron { get; set; } = "";

    [Column("zone")]
    public string Zone { get; set; } = "";

    /// <summary>What people join.</summary>
    [Column("newsletter")]
    public string Newsletter { get; set; } = "";

    [Column("categories")]
    public string Categories { get; set; } = "[]";

    [Column("minimum_articles")]
    public int MinimumArticles { get; set; }

    [Column("maximum_articles")]
    public int MaximumArticles { get; set; }

    [Column("overflow")]
    public Overflow Overflow { get; set; }

    [Column("paused")]
    public bool Paused { get; set; }

    [Column("revision")]
    public long Revision { get; set; }

    /// <summary>Publication sequence up to which its editions have told; who joins begins here.</summary>
    [Column("last_sequence")]
    public long LastSequence { get; set; }

    /// <summary>Up to here its archive has told.</summary>
    [Column("archived_sequence")]
    public long ArchivedSequence { get; set; }

    public Cadence ToCadence() => new()
    {
        Name = Name,
        Title = Title,
        Cron = Cron,
        Zone = Zone,
        Newsletter = Newsletter,
        Overflow = Overflow,
        Categories = StoredList.Read(Categories),
        MinimumArticles = MinimumArticles,
        MaximumArticles = MaximumArticles,
        Paused = Paused,
        Revision = Revision,
    };
}

[Table("subscriber")]
internal sealed class SubscriberRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("email")]
    public string Email { get; set; } = "";

    /// <summary>The address in lower case: one person, one row, however it is typed.</summary>
    [Column("email_key")]
    public string EmailKey { get; set; } = "";

    [Column("created_at")]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the person last said anything; null before they confirm.</summary>
    [Column("last_seen_at")]
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>When they were asked whether they still want it; null once they said anything since.</summary>
    [Column("asked_again_at")]
    public DateTimeOffset? AskedAgainAt { get; set; }

    /// <summary>How often the address has changed; part of links to the preferences.</summary>
    [Column("link_generation")]
    public int LinkGeneration { get; set; }

    /// <summary>For questions; never loaded.</summary>
    [Association(ThisKey = nameof(Id), OtherKey = nameof(SubscriptionRow.SubscriberId))]
    public IEnumerable<SubscriptionRow> Subscriptions { get; set; } = [];
}

[Table("newsletter")]
internal sealed class NewsletterRow
{
    [Column("name"), PrimaryKey]
    public string Name { get; set; } = "";

    [Column("title")]
    public string Title { get; set; } = "";

    [Column("private")]
    public bool Private { get; set; }

    [Column("welcome")]
    public Welcome Welcome { get; set; }
}

[Table("subscription")]
internal sealed class SubscriptionRow
{
    [Column("subscriber_id"), PrimaryKey(1)]
    public long SubscriberId { get; set; }

    [Column("newsletter"), PrimaryKey(2)]
    public string Newsletter { get; set; } = "";

    /// <summary>One of the newsletter's.</summary>
    [Column("cadence")]
    public string Cadence { get; set; } = "";

    /// <summary>In force once confirmed.</summary>
    [Column("choice_id")]
    public long ChoiceId { get; set; }

    /// <summary>As <see cref="SendTime.Zone"/>.</summary>
    [Column("send_zone")]
    public string SendZone { get; set; } = "";

    /// <summary>As <see cref="SendTime.Hour"/>.</summary>
    [Column("send_hour")]
    public int SendHour { get; set; } = -1;

    [Column("state")]
    public SubscriptionState State { get; set; }

    /// <summary>Publication sequence up to which this person was told.</summary>
    [Column("position")]
    public long Position { get; set; }

    /// <summary>Editions with an earlier slot are not for this person.</summary>
    [Column("paused_until")]
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>What request <see cref="AskedNumber"/> asked for, as <see cref="AskedFor.Write"/>.</summary>
    [Column("asked")]
    public string Asked { get; set; } = "";

    [Column("asked_number")]
    public int AskedNumber { get; set; }

    /// <summary>The newest request that was confirmed or that leaving made void.</summary>
    [Column("answered_number")]
    public int AnsweredNumber { get; set; }

    [Column("asked_at")]
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Where the cadence stood when it was asked for: a late answer loses nothing.</summary>
    [Column("asked_position")]
    public long AskedPosition { get; set; }

    [Column("confirmed_at")]
    public DateTimeOffset? ConfirmedAt { get; set; }

    [Column("left_at")]
    public DateTimeOffset? LeftAt { get; set; }
}

[Table("edition")]
internal sealed class EditionRow
{
    [Column("id"), PrimaryKey, Identity]
    public long Id { get; set; }

    [Column("cadence")]
    public string Cadence { get; set; } = "";

    [Column("slot")]
    public DateTimeOffset Slot { get; set; }

    [Column("from_sequence")]
    public long FromSequence { get; set; }

    [Column("to_sequence")]
    public long ToSequence { get; set; }

    [Column("articles")]
    public int Articles { get; set; }

    [Column("skipped")]
    public bool Skipped { get; set; }

    [Column("made_at")]
    public DateTimeOffset MadeAt { get; set; }

    [Column("mailing_key")]
    public string? MailingKey { get; set; }
}

/// <summary>A set of slugs in one column; equal sets are equal strings.</summary>
internal static class StoredList
{
    public static string Write(IEnumerable<string> values) =>
        JsonSerializer.Serialize(values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    public static IReadOnlyList<string> Read(string stored) => JsonSerializer.Deserialize<List<string>>(stored) ?? [];
}

internal static class NewsletterLocks
{
    /// <summary>
    /// Makes whoever freezes an edition of the newsletter and whoever changes a subscription to it wait for each other, so
    /// that the one sees what the other did. SQLite has one writer and needs nothing.
    /// </summary>
    public static Task TakeAsync(this DataConnection transaction, Database database, string newsletter, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql
            ? transaction.ExecuteAsync("SELECT name FROM newsletter WHERE name = @name FOR NO KEY UPDATE", cancellationToken, new DataParameter("name", newsletter, DataType.NVarChar))
            : Task.CompletedTask;

    /// <summary>The same for all newsletters: nobody changes a subscription meanwhile, and nobody's is added.</summary>
    public static Task TakeAllAsync(this DataConnection transaction, Database database, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql
            ? transaction.ExecuteAsync("SELECT name FROM newsletter ORDER BY name FOR NO KEY UPDATE", cancellationToken)
            : Task.CompletedTask;
}
