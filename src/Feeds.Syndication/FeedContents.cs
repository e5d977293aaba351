using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Everything that one feed document says, in whatever format.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Archive">Its number where it is an archive (RFC 5005 §4), 0 where it is the live feed.</param>
/// <param name="PreviousArchive">The archive that goes on where it ends, 0 where there is none.</param>
/// <param name="Updated">When the newest change of an entry or the last withdrawal happened; null where there never was either.</param>
/// <param name="Entries">Newest first.</param>
/// <param name="Withdrawn">Articles to tell readers of that are gone.</param>
internal sealed record FeedContents(
    FeedSubject Subject, long Archive, long PreviousArchive, DateTimeOffset? Updated, IReadOnlyList<Entry> Entries, IReadOnlyList<Withdrawal> Withdrawn)
{
    /// <summary>How often the feed is worth a visit.</summary>
    public FeedRhythm Rhythm { get; init; } = FeedRhythm.Hourly;

    /// <summary>Whether an entry is an episode of a podcast.</summary>
    public bool HasEpisodes { get; init; }

    /// <summary>
    /// What a feed of these articles says, each of them encoded in <paramref name="entries"/>. One that says nothing any
    /// more last changed when the store says so.
    /// </summary>
    public static FeedContents Of(
        FeedSubject subject, long archive, long previousArchive, IReadOnlyList<Article> articles, IReadOnlyList<Entry> entries, IReadOnlyList<Withdrawal> withdrawn, DateTimeOffset changedAt) =>
        new(subject, archive, previousArchive, Latest(articles, withdrawn) ?? (changedAt > DateTimeOffset.UnixEpoch ? changedAt : null), entries, withdrawn)
        {
            Rhythm = FeedRhythm.Of(articles.Select(article => article.Published)),
            HasEpisodes = articles.Any(article => article.Enclosure is not null),
        };

    private static DateTimeOffset? Latest(IEnumerable<Article> articles, IEnumerable<Withdrawal> withdrawn) =>
        articles.Select(article => (DateTimeOffset?)article.Updated).Concat(withdrawn.Select(article => (DateTimeOffset?)article.WithdrawnAt)).Max();
}
