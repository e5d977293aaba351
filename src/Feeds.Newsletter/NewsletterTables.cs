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

    [Column("categories")]
    public string Categories { get; set; } = "[]";

    [Column("minimum_articles")]
    public int MinimumArticles { get; set; }

    [Column("maximum_articles")]
    public int MaximumArticles { get; set; }

    [Column("paused")]
    public bool Paused { get; set; }

    [Column("revision")]
    public long Revision { get; set; }

    /// <summary>Publication sequence up to which its editions have told.</summary>
    [Column("last_sequence")]
    public long LastSequence { get; set; }

    public Cadence ToCadence() => new()
    {
        Name = Name,
        Title = Title,
        Cron = Cron,
        Zone = Zone,
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

    /// <summary>When a form last caused a mail to this address.</summary>
    [Column("mailed_at")]
    public DateTimeOffset? MailedAt { get; set; }
}

[Table("subscription")]
internal sealed class SubscriptionRow
{
    [Column("subscriber_id"), PrimaryKey(1)]
    public long SubscriberId { get; set; }

    [Column("cadence"), PrimaryKey(2)]
    public string Cadence { get; set; } = "";

    /// <summary>In force once confirmed.</summary>
    [Column("categories")]
    public string Categories { get; set; } = "[]";

    [Column("state")]
    public SubscriptionState State { get; set; }

    /// <summary>What request <see cref="AskedNumber"/> asked for.</summary>
    [Column("asked_categories")]
    public string AskedCategories { get; set; } = "[]";

    [Column("asked_number")]
    public int AskedNumber { get; set; }

    /// <summary>The newest request that was confirmed or that leaving made void.</summary>
    [Column("answered_number")]
    public int AnsweredNumber { get; set; }

    [Column("asked_at")]
    public DateTimeOffset AskedAt { get; set; }

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
    /// Makes whoever freezes an edition of the cadence and whoever ends a subscription to it wait for each other, so that
    /// the one sees what the other did. SQLite has one writer and needs nothing.
    /// </summary>
    public static Task TakeAsync(this DataConnection transaction, Database database, string cadence, CancellationToken cancellationToken) =>
        database.Provider == DatabaseProvider.PostgreSql
            ? transaction.ExecuteAsync("SELECT name FROM cadence WHERE name = @name FOR NO KEY UPDATE", cancellationToken, new DataParameter("name", cadence, DataType.NVarChar))
            : Task.CompletedTask;
}
