using Feeds.Articles.Files;
using Feeds.Articles.Store;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>A file that was not imported: which (its path below the folder), where in it (line from 1, 0 for the whole file), and why with the mend.</summary>
public sealed record RefusedFile(string File, int Line, string Reason);

/// <summary>What an import did, in numbers of articles.</summary>
public sealed record ImportReport(int Added, int Changed, int Unchanged, IReadOnlyList<RefusedFile> Refused);

/// <summary>Brings a folder of Markdown files with front matter into the store.</summary>
public sealed class FolderImport
{
    private readonly ArticleWriter writer;
    private readonly MediaStore media;
    private readonly IOptions<PublicationOptions> publication;

    internal FolderImport(ArticleWriter writer, MediaStore media, IOptions<PublicationOptions> publication)
    {
        this.writer = writer;
        this.media = media;
        this.publication = publication;
    }

    /// <summary>
    /// Imports every <c>*.md</c> below the folder, at most 100,000 of at most 2 MB each, in the order of date and then
    /// name. Importing again changes nothing unless a file's content changed. A file that is refused leaves the article as
    /// it was. A file that is gone leaves its article in place: an article goes by <c>status: removed</c>.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public Task<ImportReport> ImportAsync(string folder, CancellationToken cancellationToken) =>
        ImportAsync(folder, new FolderMemory(), cancellationToken);

    /// <summary>The same, but files that <paramref name="memory"/> knows unchanged are not read again.</summary>
    internal async Task<ImportReport> ImportAsync(string folder, FolderMemory memory, CancellationToken cancellationToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"There is no folder {root}. Name one that holds Markdown files.");
        }

        // Reading is work for the processor and the disk; nobody's request should wait behind it.
        return await Task.Run(() => new FolderRun(root, memory, writer, new FolderPictures(root, media), new FolderEnclosures(root, media), publication.Value).RunAsync(cancellationToken), cancellationToken);
    }
}
