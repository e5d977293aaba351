namespace Feeds.Articles;

/// <summary>A file that was not imported: which, where in it (line from 1, 0 for the whole file), and why with the mend.</summary>
public sealed record RefusedFile(string File, int Line, string Reason);

/// <summary>What an import did, in numbers of articles.</summary>
public sealed record ImportReport(int Added, int Changed, int Unchanged, IReadOnlyList<RefusedFile> Refused);

/// <summary>Brings a folder of Markdown files with front matter into the store.</summary>
public sealed class FolderImport
{
    /// <summary>
    /// Imports every <c>*.md</c> below the folder, in the order of date and then name. Importing again changes nothing
    /// unless a file's content changed. A file that is refused leaves the article as it was. A file that is gone leaves
    /// its article in place: an article goes by <c>status: removed</c>.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public Task<ImportReport> ImportAsync(string folder, CancellationToken cancellationToken) => throw new NotImplementedException();
}
