using Feeds.Articles;

namespace Feeds.Syndication.Publishing;

/// <summary>Takes a document that is written; the bytes are there during the call only.</summary>
internal delegate void TakeDocument(string path, ReadOnlySpan<byte> bytes, DateTimeOffset lastModified);

/// <summary>An archive that is to be written.</summary>
internal sealed record WantedArchive(FeedSubject Subject, ArchivePlaces Places);

/// <summary>
/// Writes many archives. They are taken in the order of their articles, so that those which share an article come near each
/// other: it is read once, in a large batch, and encoded once, and memory holds a stretch of the publication only.
/// </summary>
/// <param name="history">What is read.</param>
/// <param name="maker">What writes.</param>
/// <param name="generationBytes">Twice so many are held: the entries of the last batches, and those before them that are not yet forgotten.</param>
internal sealed class ArchivePress(ArticleHistory history, FeedMaker maker, long generationBytes = 12 * 1024 * 1024) : IDisposable
{
    private const int ArchivesPerBatch = 32;

    // One for each thread: an archive is large, and its bytes are needed no longer than it takes to compare or write them.
    private readonly ThreadLocal<MemoryStream> sheet = new(() => new MemoryStream());
    private Dictionary<(long, FeedContent), PlacedEntry> young = [];
    private Dictionary<(long, FeedContent), PlacedEntry> old = [];
    private long youngBytes;

    /// <summary>Hands over every format of every archive, from several threads and in any order.</summary>
    public async Task RunAsync(IEnumerable<WantedArchive> archives, TakeDocument take, CancellationToken cancellationToken)
    {
        var batches = archives
            .OrderBy(archive => archive.Places.Articles.Max()).ThenBy(archive => archive.Subject.Folder, StringComparer.Ordinal)
            .Chunk(ArchivesPerBatch).Select(Batch).ToList();
        var reading = batches.Count > 0 ? ReadAsync(batches[0], cancellationToken) : null;
        for (var index = 0; index < batches.Count; index++)
        {
            var batch = batches[index];
            var entries = Hold(batch, await EncodeAsync(batch, await reading!, cancellationToken));
            reading = index + 1 < batches.Count ? ReadAsync(batches[index + 1], cancellationToken) : null;
            await EachAsync(batch.Archives, archive => Write(archive, entries, take), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => sheet.Dispose();

    private static Task EachAsync<T>(IEnumerable<T> all, Action<T> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            all,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            (one, _) =>
            {
                work(one);
                return ValueTask.CompletedTask;
            });

    private PressBatch Batch(WantedArchive[] archives) =>
        new(archives, [.. archives.SelectMany(archive => archive.Places.Articles.Select(id => (id, maker.ContentOf(archive.Subject)))).Distinct()]);

    // The database may do its work on the calling thread.
    private Task<IReadOnlyList<PlacedArticle>> ReadAsync(PressBatch batch, CancellationToken cancellationToken)
    {
        var ids = batch.Keys.Where(key => !young.ContainsKey(key) && !old.ContainsKey(key)).Select(key => key.Article).Distinct().ToList();
        return ids.Count == 0 ? Task.FromResult<IReadOnlyList<PlacedArticle>>([]) : Task.Run(() => history.PlacedAsync(ids, cancellationToken), cancellationToken);
    }

    private async Task<PlacedEntry[]> EncodeAsync(PressBatch batch, IReadOnlyList<PlacedArticle> read, CancellationToken cancellationToken)
    {
        var articles = read.ToDictionary(article => article.Id);
        var fresh = batch.Keys.Where(key => articles.ContainsKey(key.Article)).ToList();
        var encoded = new PlacedEntry[fresh.Count];
        await EachAsync(Enumerable.Range(0, fresh.Count), index => encoded[index] = Encode(articles[fresh[index].Article], fresh[index].Content), cancellationToken);
        return encoded;
    }

    // The text is in the entry then.
    private PlacedEntry Encode(PlacedArticle placed, FeedContent content) =>
        placed.Public is { } article
            ? new PlacedEntry(placed.Id, content, article with { Html = "" }, maker.Encode(article, content), placed.ChangedAt)
            : new PlacedEntry(placed.Id, content, Public: null, Entry: null, placed.ChangedAt);

    private Dictionary<(long, FeedContent), PlacedEntry> Hold(PressBatch batch, PlacedEntry[] fresh)
    {
        var entries = fresh.ToDictionary(entry => (entry.Article, entry.Content));
        foreach (var key in batch.Keys)
        {
            var entry = entries.GetValueOrDefault(key) ?? young.GetValueOrDefault(key) ?? old[key];
            entries[key] = entry;
            if (young.TryAdd(key, entry))
            {
                youngBytes += entry.Entry?.Bytes ?? 0;
            }
        }

        // Not before the batch has what it needs: what it did not read is what was held.
        if (youngBytes > generationBytes)
        {
            (old, young, youngBytes) = (young, [], 0);
        }

        return entries;
    }

    private void Write(WantedArchive archive, Dictionary<(long, FeedContent), PlacedEntry> entries, TakeDocument take)
    {
        var content = maker.ContentOf(archive.Subject);
        var placed = archive.Places.Articles.Select(id => entries[(id, content)]).ToList();
        // An article may have left the category since it got its place there.
        var shown = placed
            .Where(entry => entry.Public is { } article && (archive.Subject.Category is not { } category || article.Categories.Any(one => one.Id == category.Id)))
            .OrderByDescending(entry => entry.Public!.Published).ThenByDescending(entry => entry.Public!.Sequence)
            .ToList();
        var contents = FeedContents.Of(
            archive.Subject, archive.Places.Number, archive.Places.Number - 1, shown.ConvertAll(entry => entry.Public!), shown.ConvertAll(entry => entry.Entry!), [], placed.Max(entry => entry.ChangedAt));
        var output = sheet.Value!;
        foreach (var format in FeedFormats.All)
        {
            output.SetLength(0);
            maker.WriteArchive(output, format, contents);
            take(archive.Subject.Path(format, archive.Places.Number), output.GetBuffer().AsSpan(0, (int)output.Length), placed.Max(entry => entry.ChangedAt));
        }
    }

    private sealed record PressBatch(IReadOnlyList<WantedArchive> Archives, IReadOnlyList<(long Article, FeedContent Content)> Keys);

    private sealed record PlacedEntry(long Article, FeedContent Content, Article? Public, Entry? Entry, DateTimeOffset ChangedAt);
}
