using Feeds.Articles.Files;
using Feeds.Articles.Store;
using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>A file that was not imported: which (its path below the folder), where in it (line from 1, 0 for the whole file), and why with the mend.</summary>
public sealed record RefusedFile(string File, int Line, string Reason);

/// <summary>What an import did, in numbers of articles.</summary>
public sealed record ImportReport(int Added, int Changed, int Unchanged, IReadOnlyList<RefusedFile> Refused);

/// <summary>Brings a folder of Markdown files with front matter into the store.</summary>
public sealed class FolderImport
{
    private readonly Database database;
    private readonly ArticleWriter writer;
    private readonly MediaStore media;
    private readonly TimeProvider clock;
    private readonly IOptions<PublicationOptions> publication;

    internal FolderImport(Database database, ArticleWriter writer, MediaStore media, IOptions<PublicationOptions> publication, TimeProvider clock)
    {
        this.database = database;
        this.writer = writer;
        this.media = media;
        this.publication = publication;
        this.clock = clock;
    }

    /// <summary>
    /// Imports every <c>*.md</c> below the folder, at most 100,000 of at most 2 MB each, in the order of date and then
    /// name. Importing again changes nothing unless a file's content changed; a file whose size and time of writing are
    /// those of its last import is not even read. A file that is refused leaves the article as it was. A file that is gone
    /// leaves its article in place: an article goes by <c>status: removed</c>.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public Task<ImportReport> ImportAsync(string folder, CancellationToken cancellationToken) =>
        Open(folder).LookAsync(_ => false, () => Task.CompletedTask, cancellationToken);

    /// <summary>The folder, to be looked at more than once.</summary>
    internal ImportFolder Open(string folder) => new(folder, database, writer, media, publication.Value, clock);
}
