using LinqToDB.Mapping;

namespace Feeds.Newsletter.Archive;

/// <summary>A sent edition as somebody gets it who wants everything and missed nothing.</summary>
[Table("archived_edition")]
internal sealed class ArchivedEditionRow
{
    [Column("edition_id"), PrimaryKey]
    public long EditionId { get; set; }

    [Column("newsletter")]
    public string Newsletter { get; set; } = "";

    [Column("slot")]
    public DateTimeOffset Slot { get; set; }

    /// <summary>Cadence, day and time on the cadence's clocks; it is kept because these may change.</summary>
    [Column("slug")]
    public string Slug { get; set; } = "";

    /// <summary>That day, as <c>2026-11-23</c>.</summary>
    [Column("day")]
    public string Day { get; set; } = "";

    /// <summary>Sequence numbers as a JSON array, newest article first; also of those that are only counted.</summary>
    [Column("articles")]
    public string Articles { get; set; } = "[]";

    /// <summary>How many of them are shown at most.</summary>
    [Column("shown")]
    public int Shown { get; set; }
}
