namespace Feeds.Articles.Worker;

/// <summary>The system's notices that something in a folder changed, gathered until the writing seems to be over.</summary>
internal sealed class FolderNotices : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private readonly TimeProvider clock;
    private readonly FileSystemWatcher watcher;
    private readonly Lock gate = new();
    private DateTimeOffset? first;
    private DateTimeOffset last;

    /// <exception cref="IOException">The system has no more watches to give.</exception>
    public FolderNotices(string folder, TimeProvider clock)
    {
        this.clock = clock;
        watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        watcher.Created += (_, _) => Notice();
        watcher.Changed += (_, _) => Notice();
        watcher.Renamed += (_, _) => Notice();
        watcher.Deleted += (_, _) => Notice();
        watcher.Error += (_, _) =>
        {
            IsBroken = true;
            Notice();
        };
        try
        {
            watcher.EnableRaisingEvents = true;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    /// <summary>Whether notices may have been lost and more may not come.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether it is time to look; asking so takes the notices.</summary>
    public bool Take()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (first is null || (now - last < Quiet && now - first < LongestWait))
            {
                return false;
            }

            first = null;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => watcher.Dispose();

    private void Notice()
    {
        lock (gate)
        {
            last = clock.GetUtcNow();
            first ??= last;
        }
    }
}
