using System.Collections.Concurrent;
using System.Globalization;

namespace Feeds.Syndication.Publishing;

/// <summary>
/// One change of a published folder, whole or not at all. New files are written beside the tree; then a journal says what
/// is to be moved and removed, and from the instant at which it has its name the change is made, if need be by the next run.
/// What a run leaves behind that was stopped earlier is thrown away by the next one.
/// </summary>
internal sealed class FolderChange : IDisposable
{
    private const string Staging = ".feeds-publishing";
    private const string LockFile = ".feeds-publishing.lock";
    private const string Journal = "journal";

    private readonly PublishedTree tree;
    private readonly string staging;
    private readonly Action<string> step;
    private readonly FileStream turn;
    private readonly ConcurrentDictionary<string, int> staged = new(StringComparer.Ordinal);
    private readonly HashSet<string> removed = new(StringComparer.Ordinal);
    private int lastNumber;

    private FolderChange(PublishedTree tree, FileStream turn, Action<string> step)
    {
        this.tree = tree;
        this.turn = turn;
        this.step = step;
        staging = Path.Combine(tree.Root, Staging);
    }

    /// <summary>New files so far.</summary>
    public int Written => staged.Count;

    /// <summary>Files so far that are to go.</summary>
    public int Removed => removed.Count;

    /// <summary>Takes the folder for this process alone and ends what a stopped run had decided.</summary>
    /// <param name="root">The folder; made when it is lacking.</param>
    /// <param name="step">Told the name of each step that changes the disk, before it is taken.</param>
    /// <exception cref="FeedFolderException">Another process publishes there.</exception>
    public static FolderChange Begin(string root, Action<string> step)
    {
        Directory.CreateDirectory(root);
        var change = new FolderChange(new PublishedTree(root), TakeTurn(root), step);
        try
        {
            change.FinishStopped();
            Directory.CreateDirectory(change.staging);
            return change;
        }
        catch
        {
            change.Dispose();
            throw;
        }
    }

    /// <summary>The file shall have these bytes and this time of change; several threads may say so at once.</summary>
    public void Put(string path, ReadOnlySpan<byte> bytes, DateTimeOffset lastModified)
    {
        tree.Prepare(path);
        lock (removed)
        {
            removed.Remove(path);
        }

        if (tree.Has(path, bytes, lastModified))
        {
            staged.TryRemove(path, out _);
            return;
        }

        var number = Interlocked.Increment(ref lastNumber);
        step("stage");
        using (var file = File.OpenHandle(Staged(number), FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(file, bytes, 0);
            File.SetLastWriteTimeUtc(file, lastModified.UtcDateTime);
        }

        staged[path] = number;
    }

    /// <summary>The file shall go.</summary>
    public void Remove(string path)
    {
        staged.TryRemove(path, out _);
        lock (removed)
        {
            removed.Add(path);
        }
    }

    /// <summary>Nothing that was put below that folder by this change shall appear.</summary>
    public void Forget(string folder)
    {
        foreach (var path in staged.Keys.Where(path => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            staged.TryRemove(path, out _);
        }
    }

    /// <summary>Throws away what was prepared; a change that is decided stays so.</summary>
    public void Abandon()
    {
        if (!IsDecided && Directory.Exists(staging))
        {
            Clear();
        }
    }

    /// <summary>Makes the change: whoever stops it after this has begun finds it made by the next run.</summary>
    /// <param name="last">The file that appears after all others.</param>
    public void Commit(string last)
    {
        if (staged.IsEmpty && removed.Count == 0)
        {
            Clear();
            return;
        }

        step("flush");
        DiskFlush.Files(staging, [.. staged.Values.Select(Staged)]);
        step("write journal");
        var unfinished = Path.Combine(staging, Journal + ".unfinished");
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var writer = new StreamWriter(file))
        {
            foreach (var (path, number) in staged.OrderBy(one => string.Equals(one.Key, last, StringComparison.Ordinal)).ThenBy(one => one.Key, StringComparer.Ordinal))
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {path}"));
            }

            foreach (var path in removed.Order(StringComparer.Ordinal))
            {
                writer.WriteLine($"- {path}");
            }

            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        step("name journal");
        File.Move(unfinished, Path.Combine(staging, Journal));
        Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private static FileStream TakeTurn(string root)
    {
        try
        {
            return new FileStream(Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException busy) when (busy is not DirectoryNotFoundException and not PathTooLongException && File.Exists(Path.Combine(root, LockFile)))
        {
            throw new FeedFolderException($"Another run publishes to {root} just now. Wait until it has ended, then publish again: only what changed meanwhile is left to do.", busy);
        }
    }

    private bool IsDecided => File.Exists(Path.Combine(staging, Journal));

    private void FinishStopped()
    {
        if (IsDecided)
        {
            Finish();
        }

        if (Directory.Exists(staging))
        {
            Clear();
        }
    }

    private void Clear()
    {
        step("clear");
        Directory.Delete(staging, recursive: true);
    }

    // Every step may have been taken before, by a run that was stopped.
    private void Finish()
    {
        foreach (var line in File.ReadLines(Path.Combine(staging, Journal)))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (word, path) = (line[..space], line[(space + 1)..]);
            if (string.Equals(word, "-", StringComparison.Ordinal))
            {
                step("remove");
                tree.Remove(path);
            }
            else if (Staged(int.Parse(word, CultureInfo.InvariantCulture)) is var file && File.Exists(file))
            {
                step("move");
                File.Move(file, tree.Prepare(path), overwrite: true);
            }
        }

        step("forget journal");
        File.Delete(Path.Combine(staging, Journal));
        Clear();
    }

    private string Staged(int number) => Path.Combine(staging, number.ToString(CultureInfo.InvariantCulture));
}
