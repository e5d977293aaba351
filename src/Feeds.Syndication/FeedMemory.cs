namespace Feeds.Syndication;

/// <summary>Live feeds that are kept ready: the most lately made ones, up to a number of bytes.</summary>
internal sealed class FeedMemory(FeedMaker maker, long mostBytes) : IDisposable
{
    private readonly SemaphoreSlim making = new(1);
    private readonly Queue<FeedShelf> held = new();
    private long heldBytes;

    /// <summary>The shelf's documents, made now if need be.</summary>
    public async Task<FeedSet> MakeAsync(FeedShelf shelf, CancellationToken cancellationToken)
    {
        // One at a time: of the many who ask at once after a change, all but the first find the work done.
        await making.WaitAsync(cancellationToken);
        try
        {
            if (shelf.Made is not { } set)
            {
                set = await maker.LiveAsync(shelf, cancellationToken);
                Hold(shelf, set);
            }

            return set;
        }
        finally
        {
            making.Release();
        }
    }

    /// <summary>Lets go of what is no part of that snapshot any more.</summary>
    public async Task ForgetReplacedAsync(FeedSnapshot current, CancellationToken cancellationToken)
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

    /// <inheritdoc/>
    public void Dispose() => making.Dispose();

    private void Hold(FeedShelf shelf, FeedSet set)
    {
        shelf.Made = set;
        held.Enqueue(shelf);
        heldBytes += set.Bytes;
        while (heldBytes > mostBytes && held.Count > 1)
        {
            var oldest = held.Dequeue();
            heldBytes -= oldest.Made!.Bytes;
            oldest.Made = null;
        }
    }
}
