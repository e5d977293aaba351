using System.Runtime.CompilerServices;
using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>Which live feeds changed in a range of the article store's changes.</summary>
/// <param name="UpTo">The range's end, which belongs to it (<see cref="StoreState.Change"/>).</param>
/// <param name="Paths">Below the publication's base, in every format; sorted.</param>
/// <param name="FormerPaths">Where these were before their category was renamed, in every format; sorted. They lead to the present ones.</param>
/// <param name="EndedPaths">Where feeds were that ended, also before a renaming, in every format; sorted.</param>
public sealed record TopicChanges(long UpTo, IReadOnlyList<string> Paths, IReadOnlyList<string> FormerPaths, IReadOnlyList<string> EndedPaths);

/// <summary>
/// All feeds of the publication. The snapshot says which live feeds there are and when each one changed; a feed's bytes are
/// made at the first request after its change and then kept in memory.
/// </summary>
public sealed class FeedLibrary : IDisposable
{
    private const long HeldBytes = 256 * 1024 * 1024;
    private const long EntryGenerationBytes = 64 * 1024 * 1024;

    private readonly ArticleStore store;
    private readonly FeedList list;
    private readonly Func<long, FeedMaker> newMaker;
    private readonly FeedMaker maker;
    private readonly FeedMemory memory;
    private readonly FeedsOnDemand onDemand;
    private readonly SemaphoreSlim refreshing = new(1);
    private volatile FeedSnapshot? snapshot;

    /// <summary>The library over the store, for the publication as configured.</summary>
    public FeedLibrary(ArticleStore store, ArticleHistory history, IOptions<PublicationOptions> publication, IOptions<FeedOptions> options)
    {
        this.store = store;
        list = new FeedList(publication.Value);
        newMaker = heldBytes => new FeedMaker(store, history, publication.Value, options.Value, heldBytes);
        maker = newMaker(EntryGenerationBytes);
        memory = new FeedMemory(maker, HeldBytes);
        onDemand = new FeedsOnDemand(maker);
    }

    /// <summary>How many entries were encoded so far.</summary>
    internal int EntriesWritten => maker.EntriesWritten;

    /// <summary>
    /// The live feed or archive at that path (ordinal comparison) or the list of all feeds, or null where there is neither.
    /// The first call of all looks into the store itself, so that commands need no worker.
    /// </summary>
    public ValueTask<FeedDocument?> FindAsync(string path, CancellationToken cancellationToken)
    {
        if (snapshot is not { } current)
        {
            return new ValueTask<FeedDocument?>(FindFirstAsync(path, cancellationToken));
        }

        if (current.Find(path) is not { } place)
        {
            return string.Equals(path, FeedList.Path, StringComparison.Ordinal)
                ? ValueTask.FromResult<FeedDocument?>(list.Of(current))
                : new ValueTask<FeedDocument?>(onDemand.FindArchiveAsync(current, path, cancellationToken));
        }

        return place.Shelf.Made is { } made
            ? ValueTask.FromResult<FeedDocument?>(made.In(place.Format))
            : new ValueTask<FeedDocument?>(MakeAsync(place, cancellationToken));
    }

    /// <summary>What to answer where <see cref="FindAsync"/> found nothing, or where the address has a query.</summary>
    /// <param name="path">Below the publication's base.</param>
    /// <param name="query">As it was sent, without the question mark.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FeedAnswer> AnswerAsync(string path, string query, CancellationToken cancellationToken)
    {
        var current = snapshot ?? await RefreshedAsync(cancellationToken);
        if (query.Length > 0 && current.Find(path) is { Shelf.Subject.Category: null } place && FeedCombination.Read(query) is { } combination)
        {
            return combination.Refusal is { } refusal ? new FeedAnswer.Refused(refusal) : await CombineAsync(current, place.Format, combination, query, cancellationToken);
        }

        return await FindAsync(path, cancellationToken) is { } document ? new FeedAnswer.Found(document)
            : current.HasEnded(path) ? new FeedAnswer.Ended()
            : current.MovedTo(path) is { } moved ? new FeedAnswer.Moved(moved)
            : new FeedAnswer.Unknown();
    }

    /// <summary>The same without a query, and what is at the new address where the feed moved.</summary>
    internal async Task<FeedAnswer> FollowAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(path, query: "", cancellationToken);
        return answer is FeedAnswer.Moved moved ? await AnswerAsync(moved.Path, query: "", cancellationToken) : answer;
    }

    /// <summary>One tick: looks whether the store changed, and from then on answers with the feeds as they are now.</summary>
    /// <returns>The paths of the live feeds that changed, came into being or ended, and of their list; sorted.</returns>
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
            await memory.ForgetReplacedAsync(next, cancellationToken);
            return changed;
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>Which live feeds the store's changes after that one touched, up to its state now.</summary>
    /// <param name="change">A <see cref="StoreState.Change"/>; 0 for the beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TopicChanges> ChangedAfterAsync(long change, CancellationToken cancellationToken) =>
        (await RefreshedAsync(cancellationToken)).ChangedAfter(change);

    /// <summary>What makes the feeds, for whoever needs many of them once; what little it keeps goes with it.</summary>
    internal FeedMaker NewMaker() => newMaker(EntryGenerationBytes / 8);

    /// <summary>The feeds that there are, as of the store's state now.</summary>
    internal Task<FeedSnapshot> CurrentAsync(CancellationToken cancellationToken) => RefreshedAsync(cancellationToken);

    /// <summary>The list of those feeds.</summary>
    internal FeedDocument ListOf(FeedSnapshot feeds) => list.Of(feeds);

    /// <summary>Every live feed, every archive and the list of feeds.</summary>
    internal async Task<IReadOnlyList<FeedDocument>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<FeedDocument>();
        await foreach (var document in EachAsync(cancellationToken))
        {
            all.Add(document);
        }

        return all;
    }

    /// <summary>The same one by one, as of the store's state now; those that nobody asked for before are not kept in memory.</summary>
    internal async IAsyncEnumerable<FeedDocument> EachAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var current = await RefreshedAsync(cancellationToken);
        foreach (var shelf in current.Shelves)
        {
            var set = shelf.Made ?? await maker.LiveAsync(shelf, cancellationToken);
            for (long number = 0; set is not null; set = await maker.ArchiveAsync(shelf.Subject, ++number, cancellationToken))
            {
                foreach (var format in FeedFormats.All)
                {
                    yield return set.In(format);
                }
            }
        }

        yield return list.Of(current);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        refreshing.Dispose();
        memory.Dispose();
        onDemand.Dispose();
    }

    private async Task<FeedSnapshot> RefreshedAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return snapshot!;
    }

    private async Task<FeedDocument?> FindFirstAsync(string path, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return await FindAsync(path, cancellationToken);
    }

    private async Task<FeedDocument?> MakeAsync(FeedPlace place, CancellationToken cancellationToken) =>
        (await memory.MakeAsync(place.Shelf, cancellationToken)).In(place.Format);

    private async Task<FeedAnswer> CombineAsync(FeedSnapshot current, FeedFormat format, FeedCombination combination, string query, CancellationToken cancellationToken)
    {
        var asked = combination.Categories.Select(current.FindCategory).ToList();
        if (asked.Contains(null))
        {
            return new FeedAnswer.Unknown();
        }

        var selection = combination.Select([.. asked.OfType<Category>().Distinct().OrderBy(category => category.Slug, StringComparer.Ordinal)]);
        if (selection is { Categories: [var only], Author: null, Language: null })
        {
            return new FeedAnswer.Moved(FeedSubject.Of(only).Path(format));
        }

        var subject = FeedSubject.Of(selection);
        var path = subject.Path(format);
        if (!path.EndsWith("?" + query, StringComparison.Ordinal))
        {
            return new FeedAnswer.Moved(path);
        }

        return await onDemand.FindCombinationAsync(current, subject, format, cancellationToken) is { } document ? new FeedAnswer.Found(document) : new FeedAnswer.Unknown();
    }
}
