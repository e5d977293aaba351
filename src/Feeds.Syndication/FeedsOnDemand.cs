namespace Feeds.Syndication;

/// <summary>Archives and combinations: there may be more of them than memory holds, and few are asked for twice.</summary>
internal sealed class FeedsOnDemand(FeedMaker maker) : IDisposable
{
    private const int MostHeld = 200;

    private readonly SemaphoreSlim making = new(1);
    private readonly Dictionary<string, FeedSet> held = new(StringComparer.Ordinal);
    private FeedSnapshot? heldOf;

    /// <summary>The archive at that path, or null where there is none.</summary>
    public async Task<FeedDocument?> FindArchiveAsync(FeedSnapshot snapshot, string path, CancellationToken cancellationToken)
    {
        if (ArchivePath.Parse(path) is not { } archive || snapshot.Find(archive.LivePath) is not { } live)
        {
            return null;
        }

        var subject = live.Shelf.Subject;
        var set = await FindAsync(snapshot, subject.Path(FeedFormat.Atom, archive.Number), () => maker.ArchiveAsync(subject, archive.Number, cancellationToken), cancellationToken);
        return set?.In(live.Format);
    }

    /// <summary>The combination in that format, or null where no article is in it.</summary>
    public async Task<FeedDocument?> FindCombinationAsync(FeedSnapshot snapshot, FeedSubject subject, FeedFormat format, CancellationToken cancellationToken)
    {
        var set = await FindAsync(snapshot, subject.Path(FeedFormat.Atom), () => maker.CombinedAsync(subject, snapshot.State.ChangedAt, cancellationToken), cancellationToken);
        return set?.In(format);
    }

    /// <inheritdoc/>
    public void Dispose() => making.Dispose();

    private async Task<FeedSet?> FindAsync(FeedSnapshot snapshot, string key, Func<Task<FeedSet?>> make, CancellationToken cancellationToken)
    {
        // One at a time: they are the costly ones, and nobody shall keep the database busy with them.
        await making.WaitAsync(cancellationToken);
        try
        {
            if (heldOf != snapshot || held.Count >= MostHeld)
            {
                held.Clear();
                heldOf = snapshot;
            }

            if (!held.TryGetValue(key, out var set) && await make() is { } fresh)
            {
                set = held[key] = fresh;
            }

            return set;
        }
        finally
        {
            making.Release();
        }
    }
}
