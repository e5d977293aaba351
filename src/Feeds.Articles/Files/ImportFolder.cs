using System.Runtime.InteropServices;
using Feeds.Articles.Store;
using Feeds.Storage;

namespace Feeds.Articles.Files;

/// <summary>A path at which something changed.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsSettled">Whether the writing is over for certain; else it only seems so.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileNotice(string Path, bool IsSettled);

/// <summary>What came of notices.</summary>
/// <param name="Report">Null where nothing was to be imported.</param>
/// <param name="Unready">Paths that are perhaps still being written: nothing, or nothing final, can be said of them.</param>
/// <param name="NeedsLook">Whether a folder came or went, or is another now.</param>
internal sealed record NoticedImport(ImportReport? Report, IReadOnlyList<string> Unready, bool NeedsLook);

/// <summary>A folder of Markdown files with what is known of it.</summary>
internal sealed class ImportFolder(string folder, Database database, ArticleWriter writer, MediaStore media, PublicationOptions publication, TimeProvider clock)
{
    /// <summary>After so many files whoever looks may do something else.</summary>
    private const int Stride = 500;

    private readonly string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(publication.TimeZone);
    private readonly FolderMemory memory = new();
    private bool isRemembered;

    /// <summary>Its absolute path.</summary>
    public string Root => root;

    /// <summary>Whether a whole look succeeded, so that what changes can be judged among the rest.</summary>
    public bool IsKnown => memory.IsComplete;

    /// <summary>Looks at the whole folder and imports what changed.</summary>
    /// <param name="isBusy">Whether a file (its absolute path) is to be passed over this time, since somebody is writing it.</param>
    /// <param name="between">What else is to be done now and then, once the folder is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public async Task<ImportReport> LookAsync(Func<string, bool> isBusy, Func<Task> between, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"There is no folder {root}. Name one that holds Markdown files.");
        }

        await RememberAsync(cancellationToken);
        memory.BeginLook();
        var found = new List<FoundFile>();
        var count = 0;
        // Reading is work for the processor and the disk; nobody's request should wait behind it.
        await Task.Yield();
        foreach (var file in FolderFiles.Look(root, memory))
        {
            if (file is not null && !isBusy(file.Path))
            {
                found.Add(file);
            }

            if (++count > FolderFiles.Most)
            {
                return new ImportReport(0, 0, 0, [new RefusedFile(root, 0, $"The folder has more than {FolderFiles.Most} Markdown files. Import it in parts.")]);
            }

            if (memory.IsComplete && count % Stride == 0)
            {
                await between();
            }
        }

        var report = await NewRun().RunAsync(found, memory.Unmet(), cancellationToken);
        memory.IsComplete = true;
        return report;
    }

    /// <summary>Imports what notices tell of, without looking at the rest. To be called once the folder <see cref="IsKnown"/>.</summary>
    public async Task<NoticedImport> ImportAsync(IReadOnlyList<FileNotice> notices, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, FoundFile>(StringComparer.Ordinal);
        var gone = new List<string>();
        var unready = new List<string>();
        var needsLook = false;
        foreach (var notice in notices)
        {
            var name = FolderFiles.NameOf(root, notice.Path);
            if (FolderFiles.Find(root, notice.Path) is { } file)
            {
                Take(notice, [file], notice.IsSettled || SeemsWhole(file));
            }
            else if (memory.WithPicture(notice.Path) is { Count: > 0 } users)
            {
                // Pictures are written for longer than texts are.
                Take(notice, users.Select(user => FolderFiles.Find(root, Path.Combine(root, user))).OfType<FoundFile>(), notice.IsSettled);
            }
            else if (memory.Find(name) is not null)
            {
                gone.Add(name);
            }
            else
            {
                needsLook |= FolderFiles.IsFolder(root, notice.Path) || memory.HadFolder(name);
            }
        }

        if (files.Count + gone.Count == 0)
        {
            return new NoticedImport(Report: null, unready, needsLook);
        }

        var report = await NewRun().RunAsync([.. files.Values], gone, cancellationToken);
        // A refusal may be the fault of a text that is not there yet.
        var doubtful = notices.Where(notice => !notice.IsSettled && memory.Find(FolderFiles.NameOf(root, notice.Path)) is { Refusal: not null }).Select(notice => notice.Path);
        return new NoticedImport(report, [.. unready.Union(doubtful, StringComparer.Ordinal)], needsLook);

        void Take(FileNotice notice, IEnumerable<FoundFile> some, bool isReady)
        {
            if (!isReady)
            {
                unready.Add(notice.Path);
                return;
            }

            foreach (var file in some)
            {
                files[file.Name] = file;
            }
        }
    }

    private FolderRun NewRun() =>
        new(memory, writer, new ImportedFiles(database, root, zone), new FileReading(root, new FolderPictures(root, media), new FolderEnclosures(root, media), zone, clock));

    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (isRemembered)
        {
            return;
        }

        foreach (var file in await new ImportedFiles(database, root, zone).ListAsync(cancellationToken))
        {
            memory.Put(file);
        }

        isRemembered = true;
    }

    /// <summary>
    /// Whether a file that was just written looks as if nothing were missing: it has a head, its last line is ended, and it
    /// did not lose more than half of what it was. An editor's save does so at once; what does not is waited for.
    /// </summary>
    private bool SeemsWhole(FoundFile file)
    {
        if (memory.Find(file.Name) is { } before && file.Stamp.Length < before.Stamp.Length / 2)
        {
            return false;
        }

        try
        {
            using var content = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            content.Seek(-1, SeekOrigin.End);
            return content.ReadByte() == '\n' && NewRun().CanRead(file);
        }
        catch (IOException)
        {
            // Empty, gone, or held by who writes it.
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
