using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Everything that one feed document says, in whatever format.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Archive">Its number where it is an archive (RFC 5005 §4), 0 where it is the live feed.</param>
/// <param name="PreviousArchive">The archive that goes on where it ends, 0 where there is none.</param>
/// <param name="Updated">When the newest change of an entry or the last withdrawal happened; null where there is neither.</param>
/// <param name="Entries">Newest first.</param>
/// <param name="Withdrawn">Articles to tell readers of that are gone.</param>
internal sealed record FeedContents(
    FeedSubject Subject, long Archive, long PreviousArchive, DateTimeOffset? Updated, IReadOnlyList<Entry> Entries, IReadOnlyList<Withdrawal> Withdrawn)
{
    /// <summary>When the newest of these happened.</summary>
    public static DateTimeOffset? Latest(IEnumerable<Article> articles, IEnumerable<Withdrawal> withdrawn) =>
        articles.Select(article => (DateTimeOffset?)article.Updated).Concat(withdrawn.Select(article => (DateTimeOffset?)article.WithdrawnAt)).Max();
}
