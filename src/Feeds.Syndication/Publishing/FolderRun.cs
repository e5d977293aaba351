using System.Collections.Concurrent;
using Feeds.Articles;

namespace Feeds.Syndication.Publishing;

/// <summary>Brings a published folder from one state of the store to the next.</summary>
internal sealed class FolderRun(FeedLibrary library, ArticleHistory history, PublishedTree tree, FolderChange change)
{
    private readonly ConcurrentDictionary<string, PublishedFile> written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> archives = new(StringComparer.Ordinal);

    /// <summary>Writes what is not as in that manifest, all of it where the manifest is empty.</summary>
    /// <returns>The manifest of what there is once the change is made.</returns>
    public async Task<FolderManifest> WriteAsync(FolderManifest before, CancellationToken cancellationToken)
    {
        var current = await library.CurrentAsync(cancellationToken);
        var known = before.Feeds.ToDictionary(feed => feed.Folder, StringComparer.Ordinal);
        var seen = IsPast(before, current) ? await history.SeenAsync(before.Change, current.State.Change, cancellationToken) : null;
        var places = seen is null ? null : Archives(seen);
        var present = places is null ? tree.FeedFiles().ToList() : [];
        var wanted = new List<WantedArchive>();
        var feeds = new List<PublishedFeed>();
        var live = new List<FeedShelf>();
        foreach (var shelf in current.Shelves)
        {
            var subject = shelf.Subject;
            var feed = known.GetValueOrDefault(subject.Folder);
            var isSame = places is not null && feed is not null && string.Equals(feed.Category, subject.Category?.Name, StringComparison.Ordinal);
            var numbers = isSame ? places!.GetValueOrDefault(subject.Folder) ?? [] : null;
            var more = numbers is { Count: 0 } ? [] : await history.ArchivesAsync(subject.Category, numbers, cancellationToken);
            wanted.AddRange(more.Select(archive => new WantedArchive(subject, archive)));
            feeds.Add(new PublishedFeed(subject.Folder, subject.Category?.Name, Math.Max(isSame ? feed!.Archives : 0, more.Count == 0 ? 0 : more[^1].Number)));
            if (!isSame || shelf.ChangedIn > before.Change)
            {
                live.Add(shelf);
            }
        }

        await WriteLiveAsync(live, cancellationToken);
        TakeLive(library.ListOf(current));
        using var press = new ArchivePress(history, library.NewMaker());
        await press.RunAsync(wanted, TakeArchive, cancellationToken);
        var folders = feeds.Select(feed => feed.Folder).ToHashSet(StringComparer.Ordinal);
        RemoveEnded([.. known.Keys.Where(folder => !folders.Contains(folder))], present);
        var kept = before.Files.Where(file => places is not null && !written.ContainsKey(file.Path) && folders.Contains(file.Path[..(file.Path.LastIndexOf('/') + 1)]));
        return before with
        {
            Change = current.State.Change,
            Feeds = [.. feeds.OrderBy(feed => feed.Folder, StringComparer.Ordinal)],
            Moved = current.Moved,
            Ended = current.Ended,
            Files = [.. kept.Concat(written.Values).OrderBy(file => file.Path, StringComparer.Ordinal)],
        };
    }

    /// <summary>
    /// Whether the store has been through the manifest's state. One that was restored from a backup may have the same
    /// number of changes by now and other ones: then a feed that did not change since has another time.
    /// </summary>
    private static bool IsPast(FolderManifest before, FeedSnapshot current)
    {
        var times = before.Files.ToDictionary(file => file.Path, file => file.LastModified, StringComparer.Ordinal);
        return before.Feeds.Count > 0
            && before.Change <= current.State.Change
            && current.Shelves.Where(shelf => shelf.ChangedIn <= before.Change)
                .All(shelf => times.TryGetValue(shelf.Subject.Path(FeedFormat.Atom), out var time) && time == shelf.ChangedAt);
    }

    private Task WriteLiveAsync(IReadOnlyList<FeedShelf> shelves, CancellationToken cancellationToken)
    {
        var maker = library.NewMaker();
        return Parallel.ForEachAsync(
            shelves,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (shelf, token) =>
            {
                var set = await maker.LiveAsync(shelf, token);
                foreach (var format in FeedFormats.All)
                {
                    TakeLive(set.In(format));
                }
            });
    }

    /// <param name="folders">Of the feeds that the manifest knows and that are no more.</param>
    /// <param name="present">The files that were there, where no manifest told: all of them were to be written anew.</param>
    private void RemoveEnded(IReadOnlyList<string> folders, IReadOnlyList<string> present)
    {
        foreach (var folder in folders)
        {
            change.Forget(folder);
        }

        foreach (var path in folders.SelectMany(tree.FeedFiles).Concat(present.Where(path => !written.ContainsKey(Uncoded(path)) && !archives.ContainsKey(path))).ToList())
        {
            change.Remove(path);
        }
    }

    /// <summary>The numbers of the archives that hold these articles or will, by folder.</summary>
    private static Dictionary<string, HashSet<long>> Archives(IReadOnlyList<SeenChange> seen) =>
        seen.SelectMany(article => article.Places.Select(place => (Folder: $"categories/{place.Category}/", place.Place)).Append((Folder: "", Place: article.Sequence)))
            .GroupBy(place => place.Folder, place => ((place.Place - 1) / ArticleHistory.ArchiveLength) + 1, StringComparer.Ordinal)
            .ToDictionary(feed => feed.Key, feed => feed.ToHashSet(), StringComparer.Ordinal);

    private void TakeLive(FeedDocument document)
    {
        change.Put(document.Path, document.Body.Span, document.LastModified);
        change.Put(document.Path + ".gz", document.Gzip.Span, document.LastModified);
        change.Put(document.Path + ".br", document.Brotli.Span, document.LastModified);
        written[document.Path] = new PublishedFile(document.Path, document.ETag, document.GzipETag, document.BrotliETag, document.Body.Length, document.ContentType, document.LastModified);
    }

    // Few read an archive, and each reader once: compressing them would take longer than all the rest, so that is left to
    // the server when somebody asks.
    private void TakeArchive(string path, ReadOnlySpan<byte> bytes, DateTimeOffset lastModified)
    {
        change.Put(path, bytes, lastModified);
        archives[path] = true;
    }

    private static string Uncoded(string path) => path.EndsWith(".gz", StringComparison.Ordinal) || path.EndsWith(".br", StringComparison.Ordinal) ? path[..^3] : path;
}
