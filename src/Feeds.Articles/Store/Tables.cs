using System.Text.Json;
using LinqToDB;
using LinqToDB.Mapping;

namespace Feeds.Articles.Store;

internal enum ArticleStatus
{
    [MapValue("published")]
    Published,

    [MapValue("draft")]
    Draft,

    [MapValue("removed")]
    Removed,
}

[Table("category")]
internal sealed class CategoryRow
{
    [Column("id"), PrimaryKey]
    public long Id { get; set; }

    [Column("name", DataType = DataType.Text)]
    public string Name { get; set; } = "";

    [Column("slug")]
    public string Slug { get; set; } = "";

    /// <summary>The epoch until something public is in it.</summary>
    [Column("changed_at")]
    public DateTimeOffset ChangedAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The number of the change of the store that moved <see cref="ChangedAt"/> last.</summary>
    [Column("changed_in")]
    public long ChangedIn { get; set; }

    /// <summary>The last place that was given in its feed.</summary>
    [Column("places")]
    public long Places { get; set; }

    /// <summary>Public articles in it.</summary>
    [Column("article_count")]
    public int ArticleCount { get; set; }

    /// <summary>What it was called, as JSON; it stands here because whoever reads a category wants to recognise it.</summary>
    [Column("formerly", DataType = DataType.Text)]
    public string Formerly { get; set; } = Never;

    public Category ToCategory() => new(Id, Name, Slug) { Formerly = FormerNames };

    [NotColumn]
    public IReadOnlyList<FormerName> FormerNames
    {
        get => string.Equals(Formerly, Never, StringComparison.Ordinal) ? [] : JsonSerializer.Deserialize<List<FormerName>>(Formerly)!;
        set => Formerly = JsonSerializer.Serialize(value);
    }

    private const string Never = "[]";
}

[Table("article")]
internal sealed class ArticleRow
{
    [Column("id"), PrimaryKey]
    public long Id { get; set; }

    [Column("identity", DataType = DataType.Text)]
    public string Identity { get; set; } = "";

    [Column("slug", CanBeNull = false)]
    public string Slug { get; set; } = "";

    [Column("url", DataType = DataType.Text)]
    public string? Url { get; set; }

    [Column("title", DataType = DataType.Text)]
    public string Title { get; set; } = "";

    /// <summary>Null means the publication's, whatever it is when the article is read.</summary>
    [Column("author", DataType = DataType.Text)]
    public string? Author { get; set; }

    /// <inheritdoc cref="Author"/>
    [Column("language")]
    public string? Language { get; set; }

    [Column("summary", DataType = DataType.Text)]
    public string Summary { get; set; } = "";

    /// <summary>Our own addresses in it begin with <see cref="OwnAddress.Base"/> or <see cref="OwnAddress.Origin"/>.</summary>
    [Column("html", DataType = DataType.Text)]
    public string Html { get; set; } = "";

    /// <inheritdoc cref="Html"/>
    [Column("image_address", DataType = DataType.Text)]
    public string? ImageAddress { get; set; }

    [Column("image_alternative", DataType = DataType.Text)]
    public string? ImageAlternative { get; set; }

    [Column("image_width")]
    public int? ImageWidth { get; set; }

    [Column("image_height")]
    public int? ImageHeight { get; set; }

    /// <inheritdoc cref="Html"/>
    [Column("enclosure_address", DataType = DataType.Text)]
    public string? EnclosureAddress { get; set; }

    [Column("enclosure_type")]
    public string? EnclosureType { get; set; }

    /// <summary>In bytes.</summary>
    [Column("enclosure_length")]
    public long? EnclosureLength { get; set; }

    [Column("enclosure_seconds")]
    public int? EnclosureSeconds { get; set; }

    [Column("published_at")]
    public DateTimeOffset PublishedAt { get; set; }

    [Column("updated_at")]
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>What the author asked for.</summary>
    [Column("status")]
    public ArticleStatus Status { get; set; }

    /// <summary>What the author asked for has come into force: published, and its date has come.</summary>
    [Column("is_public")]
    public bool IsPublic { get; set; }

    [Column("sequence")]
    public long? Sequence { get; set; }

    [Column("content_hash", CanBeNull = false)]
    public string ContentHash { get; set; } = "";

    /// <summary>When readers last saw a change of it, be it minor or its end; the epoch until they saw it at all.</summary>
    [Column("changed_at")]
    public DateTimeOffset ChangedAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The number of that change of the store.</summary>
    [Column("changed_in")]
    public long ChangedIn { get; set; }

    /// <summary>Was public once, and its author took it back.</summary>
    [NotColumn]
    public bool IsWithdrawn => Status == ArticleStatus.Removed && Sequence is not null;
}

/// <summary>One for every withdrawn article.</summary>
[Table("withdrawal")]
internal sealed class WithdrawalRow
{
    [Column("article_id"), PrimaryKey]
    public long ArticleId { get; set; }

    [Column("withdrawn_at")]
    public DateTimeOffset WithdrawnAt { get; set; }

    [Column("reason", DataType = DataType.Text)]
    public string? Reason { get; set; }

    /// <summary>Whether feeds still tell of it.</summary>
    [Column("is_told")]
    public bool IsTold { get; set; }
}

/// <summary>A slug that an article had: its address leads to the article as it is called now.</summary>
[Table("former_slug")]
internal sealed class FormerSlugRow
{
    [Column("slug"), PrimaryKey]
    public string Slug { get; set; } = "";

    [Column("article_id")]
    public long ArticleId { get; set; }

    /// <summary>In the order of the front matter.</summary>
    [Column("position")]
    public int Position { get; set; }
}

[Table("article_category")]
internal sealed class ArticleCategoryRow
{
    [Column("article_id"), PrimaryKey(0)]
    public long ArticleId { get; set; }

    [Column("category_id"), PrimaryKey(1)]
    public long CategoryId { get; set; }

    [Column("position")]
    public int Position { get; set; }
}

/// <summary>
/// Where an article stands in the history of a category's feed: given once, in the order of publication, and kept when the
/// article goes, so that no other article ever moves. In the publication's own feed the place is the sequence number.
/// </summary>
[Table("feed_place")]
internal sealed class FeedPlaceRow
{
    [Column("category_id"), PrimaryKey(0)]
    public long CategoryId { get; set; }

    /// <summary>From 1, without a gap.</summary>
    [Column("place"), PrimaryKey(1)]
    public long Place { get; set; }

    [Column("article_id")]
    public long ArticleId { get; set; }
}

[Table("media")]
internal sealed class MediaRow
{
    [Column("name"), PrimaryKey]
    public string Name { get; set; } = "";

    [Column("content_type")]
    public string ContentType { get; set; } = "";

    [Column("content")]
    public byte[] Content { get; set; } = [];
}

/// <summary>The one row that every writer locks first, so that what they number is gapless and seen in order.</summary>
[Table("publication")]
internal sealed class PublicationRow
{
    [Column("id"), PrimaryKey]
    public int Id { get; set; } = 1;

    [Column("change")]
    public long Change { get; set; }

    [Column("sequence")]
    public long Sequence { get; set; }

    [Column("changed_at")]
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>The number of the change that moved <see cref="ChangedAt"/> last.</summary>
    [Column("changed_in")]
    public long ChangedIn { get; set; }

    [Column("settings_hash")]
    public string SettingsHash { get; set; } = "";

    /// <summary>When other settings changed every feed.</summary>
    [Column("settings_changed_at")]
    public DateTimeOffset SettingsChangedAt { get; set; }

    [Column("settings_changed_in")]
    public long SettingsChangedIn { get; set; }
}
