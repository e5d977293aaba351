using System.Runtime.CompilerServices;
using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>
/// All feeds of the publication. The snapshot says which there are and when each one changed; a feed's bytes are made at
/// the first request after its change and then kept in memory.
/// </summary>
public sealed class FeedLibrary : IDisposable
{
    /// <summary>Readers expect 15 to 30, and some refuse a feed of more than 512 KB.</summary>
    internal const int EntriesPerFeed = 20;

    /// <summary>Somebody who withdraws more than this within 60 days has readers who notice without being told.</summary>
    internal const int TombstonesPerFeed = 50;

    private const long EntryGenerationBytes = 64 * 1024 * 1024;
    private const long HeldBytes = 256 * 1024 * 1024;

    private readonly ArticleStore store;
    private readonly PublicationOptions publication;
    private readonly EntryCache entries;
    private readonly FeedList list;
    private readonly SemaphoreSlim refreshing = new(1);
    private readonly SemaphoreSlim making = new(1);
    private readonly Queue<FeedShelf> held = new();
    private long heldBytes;
    private volatile FeedSnapshot? snapshot;

    /// <summary>The library over the store, for the publication as configured.</summary>
    public FeedLibrary(ArticleStore store, IOptions<PublicationOptions> publication)
    {
        this.store = store;
        this.publication = publication.Value;
        list = new FeedList(this.publication);
        entries = new EntryCache(new EntryWriter(new FeedAddresses(this.publication.Base), this.publication.Language), EntryGenerationBytes);
    }

    /// <summary>How many entries were encoded so far.</summary>
    internal int EntriesWritten => entries.Written;

    /// <summary>
    /// The feed at that path (ordinal comparison) or the list of all feeds, or null where there is neither. The first call
    /// of all looks into the store itself, so that commands need no worker.
    /// </summary>
    public ValueTask<FeedDocument?> FindAsync(string path, CancellationToken cancellationToken)
    {
        if (snapshot is not { } current)
        {
            return new ValueTask<FeedDocument?>(FindFirstAsync(path, cancellationToken));
        }

        if (current.Find(path) is not { } place)
        {
            return ValueTask.FromResult(string.Equals(path, FeedList.Path, StringComparison.Ordinal) ? list.Of(current) : null);
        }

        return place.Shelf.Made is { } made
            ? ValueTask.FromResult<FeedDocument?>(made.In(place.Format))
            : new ValueTask<FeedDocument?>(MakeAsync(place, cancellationToken));
    }

    /// <summary>One tick: looks whether the store changed, and from then on answers with the feeds as they are now.</summary>
    /// <returns>The paths of the feeds that changed or came into being, sorted.</returns>
    public async Task<IReadOnlyList<string>> RefreshAsync(CancellationToken cancellationToken)
    {
        await refreshing.WaitAsync(cancellationToken);
        try
        {
            var state = await store.StateAsync(cancellationToken);
            if (snapshot is { } before && before.State == state)
            {
                return [];
            }

            var categories = await store.CategoriesAsync(cancellationToken);
            var next = FeedSnapshot.Following(snapshot, state, categories);
            var changed = next.ChangedSince(snapshot);
            snapshot = next;
            await ForgetReplacedAsync(next, cancellationToken);
            return changed;
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>Every feed and their list, by path.</summary>
    public async Task<IReadOnlyList<FeedDocument>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<FeedDocument>();
        await foreach (var document in EachAsync(cancellationToken))
        {
            all.Add(document);
        }

        return all;
    }

    /// <summary>Every feed and their list by path, as of the store's state now; those that nobody asked for before are not kept in memory.</summary>
    internal async IAsyncEnumerable<FeedDocument> EachAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        var current = snapshot!;
        foreach (var shelf in current.Shelves)
        {
            var made = shelf.Made ?? await WriteAsync(shelf, cancellationToken);
            yield return made.Atom;
            yield return made.Json;
            yield return made.Rss;
        }

        yield return list.Of(current);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        refreshing.Dispose();
        making.Dispose();
    }

    private async Task<FeedDocument?> FindFirstAsync(string path, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return await FindAsync(path, cancellationToken);
    }

    private async Task<FeedDocument?> MakeAsync(FeedPlace place, CancellationToken cancellationToken)
    {
        // One at a time: of the many who ask at once after a change, all but the first find the work done.
        await making.WaitAsync(cancellationToken);
        try
        {
            if (place.Shelf.Made is not { } set)
            {
                set = await WriteAsync(place.Shelf, cancellationToken);
                Hold(place.Shelf, set);
            }

            return set.In(place.Format);
        }
        finally
        {
            making.Release();
        }
    }

    private async Task ForgetReplacedAsync(FeedSnapshot current, CancellationToken cancellationToken)
    {
        await making.WaitAsync(cancellationToken);
        try
        {
            for (var left = held.Count; left > 0; left--)
            {
                var shelf = held.Dequeue();
                if (current.Holds(shelf))
                {
                    held.Enqueue(shelf);
                }
                else
                {
                    heldBytes -= shelf.Made!.Bytes;
                }
            }
        }
        finally
        {
            making.Release();
        }
    }

    private void Hold(FeedShelf shelf, FeedSet set)
    {
        shelf.Made = set;
        held.Enqueue(shelf);
        heldBytes += set.Bytes;
        while (heldBytes > HeldBytes && held.Count > 1)
        {
            var oldest = held.Dequeue();
            heldBytes -= oldest.Made!.Bytes;
            oldest.Made = null;
        }
    }

    private async Task<FeedSet> WriteAsync(FeedShelf shelf, CancellationToken cancellationToken)
    {
        // The articles may be newer than the snapshot. Then the entity tag already tells, and the time of change follows
        // with the next tick: a reader gets the feed once more, and misses nothing.
        var withdrawn = await store.WithdrawnAsync(shelf.Category?.Slug, TombstonesPerFeed, cancellationToken);
        var articles = await store.LatestAsync(shelf.Category?.Slug, EntriesPerFeed, cancellationToken);
        // Put back between the two: then it is there.
        var told = withdrawn.Where(gone => articles.All(article => !string.Equals(article.Identity, gone.Identity, StringComparison.Ordinal))).ToList();
        var encoded = articles.Select(article => entries.For(article, FeedContent.Full)).ToList();
        return new FeedSet(Document(FeedFormat.Rss), Document(FeedFormat.Atom), Document(FeedFormat.Json));

        FeedDocument Document(FeedFormat format)
        {
            var path = FeedAddresses.Path(shelf.Category, format);
            var body = FeedWriter.Write(format, publication, shelf.Category, articles, encoded, told);
            return new FeedDocument(path, format.ContentType(), body, shelf.ChangedAt);
        }
    }
}
