namespace Feeds.Syndication;

/// <summary>One feed, ready to be sent: the same articles give the same bytes in every process.</summary>
/// <param name="Path">Its address below the publication's base, e.g. <c>categories/seo/feed.atom</c>; also its file name when published.</param>
/// <param name="ContentType">With charset.</param>
/// <param name="Body">UTF-8 XML without byte order mark.</param>
/// <param name="Gzip">The same, compressed (RFC 1952).</param>
/// <param name="ETag">Strong entity tag of <paramref name="Body"/>, with its quotes (RFC 9110 §8.8.3).</param>
/// <param name="GzipETag">Strong entity tag of <paramref name="Gzip"/>.</param>
/// <param name="LastModified">Whole seconds, UTC; moves forward whenever the entity tag changes.</param>
/// <param name="MaxAge">How long a cache may hold it.</param>
public sealed record FeedDocument(
    string Path,
    string ContentType,
    ReadOnlyMemory<byte> Body,
    ReadOnlyMemory<byte> Gzip,
    string ETag,
    string GzipETag,
    DateTimeOffset LastModified,
    TimeSpan MaxAge);

/// <summary>All feeds of the publication, kept in memory and renewed when the article store changes.</summary>
public sealed class FeedLibrary
{
    /// <summary>The feed at that path, or null where there is no such feed. Waits for the first <see cref="RefreshAsync"/>.</summary>
    public ValueTask<FeedDocument?> FindAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>One tick: looks whether the store changed and makes the feeds anew that differ.</summary>
    /// <returns>The paths of the feeds that changed.</returns>
    public Task<IReadOnlyList<string>> RefreshAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Every feed, by path.</summary>
    public Task<IReadOnlyList<FeedDocument>> AllAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>What <see cref="FeedFolder"/> did, in files.</summary>
public sealed record FeedFolderReport(int Written, int Unchanged, int Removed);

/// <summary>The feeds as files for a static host.</summary>
public sealed class FeedFolder
{
    /// <summary>Writes every feed below the folder with the bytes that <c>serve</c> sends; each file appears whole or not at all.</summary>
    public Task<FeedFolderReport> WriteAsync(string folder, CancellationToken cancellationToken) => throw new NotImplementedException();
}
