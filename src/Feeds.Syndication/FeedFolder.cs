using System.Security.Cryptography;
using System.Text;
using Feeds.Articles;
using Feeds.Storage;
using Feeds.Syndication.Publishing;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>What <see cref="FeedFolder"/> did, in files; its manifest and the map of moved feeds are not counted.</summary>
public sealed record FeedFolderReport(int Written, int Unchanged, int Removed);

/// <summary>The feeds as files for a static host.</summary>
public sealed class FeedFolder(
    FeedLibrary library, ArticleStore store, ArticleHistory history, StoredValues values, IOptions<PublicationOptions> publication, IOptions<FeedOptions> options)
{
    /// <summary>A store that changes faster than it can be published leaves the rest to the next run.</summary>
    private const int MostPasses = 5;

    /// <summary>Told the name of each step that changes the disk, before it is taken; a test stops there.</summary>
    internal Action<string> Step { get; set; } = _ => { };

    /// <summary>
    /// Writes every live feed with its codings <c>.gz</c> and <c>.br</c>, every archive, the list of feeds, the map of moved
    /// and ended ones and a manifest below the folder, with the bytes that <c>serve</c> sends and the time of Last-Modified.
    /// Where the manifest is of an earlier state of the same store and nobody removed files, only what changed since then is
    /// read and written; else everything is compared. However the run ends, the folder has either all of the change or, once
    /// this was called again, all of it. Files of feeds that are no more are removed, and nothing else is touched.
    /// </summary>
    /// <exception cref="FeedFolderException">The folder or something in it can't be written; the message says what and how to mend it.</exception>
    public async Task<FeedFolderReport> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        try
        {
            using var change = FolderChange.Begin(root, Step);
            try
            {
                return await WriteAsync(change, new PublishedTree(root), cancellationToken);
            }
            catch (Exception ended) when (ended is IOException or UnauthorizedAccessException or FeedFolderException or OperationCanceledException)
            {
                change.Abandon();
                throw;
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FeedFolderException($"The feeds can't be written to {root}: {refused.Message.TrimEnd('.')}. See that it is a folder, that this user may write there and that the disk has room, or name another folder.", refused);
        }
    }

    private async Task<FeedFolderReport> WriteAsync(FolderChange change, PublishedTree tree, CancellationToken cancellationToken)
    {
        var published = await ReadAsync(tree, cancellationToken);
        for (var pass = 1; pass <= MostPasses; pass++)
        {
            published = await new FolderRun(library, history, tree, change).WriteAsync(published, cancellationToken);
            if ((await store.StateAsync(cancellationToken)).ChangedIn <= published.Change)
            {
                break;
            }
        }

        var report = new FeedFolderReport(change.Written, published.FileCount - change.Written, change.Removed);
        new MovedMap(publication.Value.Base).Put(change, tree, published);
        change.Put(FolderManifest.Name, published.ToBytes(), published.Files.Max(file => file.LastModified));
        cancellationToken.ThrowIfCancellationRequested();
        change.Commit(FolderManifest.Name);
        return report;
    }

    /// <summary>What the folder is known to hold, or an empty manifest where nothing is known.</summary>
    private async Task<FolderManifest> ReadAsync(PublishedTree tree, CancellationToken cancellationToken)
    {
        var identity = Convert.ToHexStringLower(await values.KeyAsync("published-store", 16, cancellationToken));
        var settings = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FeedSettings.Describe(publication.Value, options.Value))));
        var current = new FolderManifest(FolderManifest.CurrentLayout, identity, settings, Change: 0, [], []);
        return FolderManifest.Read(tree.Root) is { } found
            && found with { Change = 0, Feeds = current.Feeds, Files = current.Files, Moved = current.Moved, Ended = current.Ended } == current && tree.Holds(found) ? found : current;
    }
}
