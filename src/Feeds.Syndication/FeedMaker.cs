using Feeds.Articles;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication;

/// <summary>Reads what a feed shall say and writes it in every format.</summary>
internal sealed class FeedMaker(ArticleStore store, ArticleHistory history, PublicationOptions publication, FeedOptions options, long heldBytes)
{
    /// <summary>Somebody who withdraws more than this within 60 days has readers who notice without being told.</summary>
    internal const int TombstonesPerFeed = 50;

    private readonly EntryWriter writer = new(new FeedAddresses(publication.Base), publication.Language);
    private readonly EntryCache entries = new(new EntryWriter(new FeedAddresses(publication.Base), publication.Language), heldBytes);

    /// <summary>How many entries were encoded so far.</summary>
    public int EntriesWritten => entries.Written;

    /// <summary>The live feed of a shelf.</summary>
    public async Task<FeedSet> LiveAsync(FeedShelf shelf, CancellationToken cancellationToken)
    {
        // The articles may be newer than the snapshot. Then the entity tag already tells, and the time of change follows
        // with the next tick: a reader gets the feed once more, and misses nothing.
        var category = shelf.Subject.Category;
        var withdrawn = await store.WithdrawnAsync(category?.Slug, TombstonesPerFeed, cancellationToken);
        var recent = await history.RecentAsync(category, options.LengthOf(category), cancellationToken);
        // Put back between the two: then it is there.
        var told = withdrawn.Where(gone => recent.Articles.All(article => !string.Equals(article.Identity, gone.Identity, StringComparison.Ordinal))).ToList();
        return Write(shelf.Subject, archive: 0, recent.NewestArchive, recent.Articles, told, shelf.ChangedAt, shelf.Earlier);
    }

    /// <summary>An archive, or null where it is not complete yet.</summary>
    public async Task<FeedSet?> ArchiveAsync(FeedSubject subject, long number, CancellationToken cancellationToken) =>
        await history.ArchiveAsync(subject.Category, number, cancellationToken) is { } archive
            ? Write(subject, number, number - 1, archive.Articles, [], archive.ChangedAt, [])
            : null;

    /// <summary>Writes the archive with entries that <see cref="Encode"/> made, to an empty stream.</summary>
    public void WriteArchive(MemoryStream output, FeedFormat format, FeedContents contents) => FeedWriter.Write(output, format, publication, options, contents);

    /// <summary>What the entries of a subject's feeds carry.</summary>
    public FeedContent ContentOf(FeedSubject subject) => options.ContentOf(subject.Category);

    /// <summary>Encodes an article for whoever keeps the entry; several may do so at once.</summary>
    public Entry Encode(Article article, FeedContent content) => writer.Write(article, content);

    /// <summary>A combination, or null where no article is in it.</summary>
    public async Task<FeedSet?> CombinedAsync(FeedSubject subject, DateTimeOffset changedAt, CancellationToken cancellationToken) =>
        await store.SelectAsync(subject.Selection!, options.Length, cancellationToken) is { Count: > 0 } articles
            ? Write(subject, archive: 0, previousArchive: 0, articles, [], changedAt, [])
            : null;

    private FeedSet Write(
        FeedSubject subject, long archive, long previousArchive, IReadOnlyList<Article> articles, IReadOnlyList<Withdrawal> withdrawn, DateTimeOffset changedAt, IReadOnlyList<EarlierFeed> earlier)
    {
        var content = ContentOf(subject);
        var contents = FeedContents.Of(subject, archive, previousArchive, articles, [.. articles.Select(article => entries.For(article, content))], withdrawn, changedAt);
        return new FeedSet(contents, Document(FeedFormat.Rss), Document(FeedFormat.Atom), Document(FeedFormat.Json));

        FeedDocument Document(FeedFormat format)
        {
            FeedDocument Write(FeedContents part, FeedDelta? delta) =>
                new(subject.Path(format, archive), format.ContentType(), FeedWriter.Write(format, publication, options, part), changedAt, contents.Rhythm)
                {
                    Delta = delta,
                    Link = HubLinks.Header(HubLinks.Of(part, publication, options), subject.Path(format, archive), publication),
                };

            return Write(contents, earlier.Count == 0 ? null : new FeedDelta(format, contents, earlier, part => Write(part, delta: null)));
        }
    }
}
