using System.Runtime.InteropServices;
using Feeds.Articles.Files;

namespace Feeds.Articles.Worker;

/// <summary>The system's notices that something in a folder changed, each kept until the writing seems to be over.</summary>
internal sealed class FolderNotices : IDisposable
{
    /// <summary>Editors write a file within a few milliseconds: after these it seems to be done.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(12);

    /// <summary>After these it is, for all that can be waited for.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(150);

    /// <summary>Who writes without a pause does not do it for us to wait.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);

    private const int Most = 10_000;

    private readonly TimeProvider clock;
    private readonly FileSystemWatcher watcher;
    private readonly SemaphoreSlim raised = new(0, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Pending> pending = new(StringComparer.Ordinal);

    /// <exception cref="IOException">The system has no more watches to give.</exception>
    public FolderNotices(string folder, TimeProvider clock)
    {
        this.clock = clock;
        watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        watcher.Created += (_, change) => Notice(change.FullPath);
        watcher.Changed += (_, change) => Notice(change.FullPath);
        watcher.Deleted += (_, change) => Notice(change.FullPath);
        watcher.Renamed += (_, change) => Notice(change.OldFullPath, change.FullPath);
        watcher.Error += (_, _) => Break();
        try
        {
            watcher.EnableRaisingEvents = true;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether notices were lost and more may not come.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes those whose time has come.</summary>
    public IReadOnlyList<FileNotice> Take()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var due = pending.Where(path => DueAt(path.Value) <= now).ToList();
            due.ForEach(path => pending.Remove(path.Key));
            return due.ConvertAll(path => new FileNotice(path.Key, IsSettled: path.Value.IsTried || now >= path.Value.First + LongestWait));
        }
    }

    /// <summary>Gives a notice back that was taken too early; it comes again when it is settled.</summary>
    public void Return(string path)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            pending.TryAdd(path, new Pending(now, now, IsTried: true));
        }
    }

    /// <summary>Whether somebody seems to be writing at that path.</summary>
    public bool IsPending(string path)
    {
        lock (gate)
        {
            return pending.ContainsKey(path);
        }
    }

    /// <summary>Returns when there is something to take or the time is over, whichever is first.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var end = clock.GetUtcNow() + longest;
        for (var left = Left(end); left > TimeSpan.Zero && !IsBroken; left = Left(end))
        {
            await WaitForNoticeAsync(left, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        watcher.Dispose();
        raised.Dispose();
    }

    private static DateTimeOffset DueAt(Pending path)
    {
        var quiet = path.Last + (path.IsTried ? Silence : Quiet);
        var latest = path.First + LongestWait;
        return quiet < latest ? quiet : latest;
    }

    private TimeSpan Left(DateTimeOffset end)
    {
        lock (gate)
        {
            var due = pending.Count > 0 ? pending.Values.Min(DueAt) : end;
            return (due < end ? due : end) - clock.GetUtcNow();
        }
    }

    private async Task WaitForNoticeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await raised.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }

    private void Notice(params ReadOnlySpan<string> paths)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var path in paths)
            {
                pending[path] = new Pending(pending.TryGetValue(path, out var before) ? before.First : now, now, IsTried: false);
            }

            // So many are quicker looked for than looked at one by one.
            IsBroken |= pending.Count > Most;
        }

        Raise();
    }

    private void Break()
    {
        IsBroken = true;
        Raise();
    }

    private void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (Exception already) when (already is SemaphoreFullException or ObjectDisposedException)
        {
            // Nobody has looked since the last notice, or nobody will.
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pending(DateTimeOffset First, DateTimeOffset Last, bool IsTried);
}
