using Feeds.Articles.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Articles.Worker;

/// <summary>
/// Imports <see cref="ArticlesOptions.Folder"/> at the start and whenever the system says that something in it changed;
/// now and then without being told, since network folders and swapped links tell nobody.
/// </summary>
internal sealed class FolderWatch(FolderImport import, IOptions<ArticlesOptions> options, TimeProvider clock, ILogger<FolderWatch> logger)
    : SteppedLoop("Importing the articles’ folder", TimeSpan.FromMilliseconds(100), clock, logger)
{
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookUnwatched = TimeSpan.FromSeconds(1);

    // A large folder takes its time: at most a twentieth of it goes into looking in vain.
    private const int Leisure = 20;

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;
    private readonly FolderMemory memory = new();
    private HashSet<RefusedFile> refused = [];
    private FolderNotices? notices;
    private bool isUnwatchable;
    private bool isGone;
    private DateTimeOffset nextLook = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public override async Task TickAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Folder is not { Length: > 0 } folder || !IsThere(folder))
        {
            return;
        }

        var isNewlyWatched = Watch(folder);
        var isTold = notices?.Take() is true;
        if (!isTold && !isNewlyWatched && clock.GetUtcNow() < nextLook)
        {
            return;
        }

        // Until it has succeeded, the next step looks again.
        nextLook = DateTimeOffset.MinValue;
        var start = clock.GetTimestamp();
        ImportReport report;
        try
        {
            report = await import.ImportAsync(folder, memory, cancellationToken);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone while it was read; the next step says so.
            return;
        }

        var hasNews = report.Added + report.Changed > 0;
        var leisure = hasNews ? TimeSpan.Zero : clock.GetElapsedTime(start) * Leisure;
        var pause = isUnwatchable ? LookUnwatched : LookAnyway;
        nextLook = clock.GetUtcNow() + (leisure > pause ? leisure : pause);
        Say(folder, report);
        if (hasNews && !isTold && !isNewlyWatched)
        {
            // Something changed that nobody told of: what is watched is perhaps no longer what the path leads to.
            Unwatch();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Unwatch();
        base.Dispose();
    }

    private bool IsThere(string folder)
    {
        var isThere = Directory.Exists(folder);
        if (!isThere && !isGone)
        {
            Log.FolderGone(logger, folder);
            Unwatch();
        }
        else if (isThere && isGone)
        {
            Log.FolderBack(logger, folder);
            nextLook = DateTimeOffset.MinValue;
        }

        isGone = !isThere;
        return isThere;
    }

    /// <returns>Whether the watch begins now: what was written before it must be looked for.</returns>
    private bool Watch(string folder)
    {
        if (notices is { IsBroken: true })
        {
            Unwatch();
        }

        if (notices is not null || isUnwatchable)
        {
            return false;
        }

        try
        {
            notices = new FolderNotices(folder, clock);
            return true;
        }
        catch (IOException refusal)
        {
            isUnwatchable = true;
            Log.Unwatched(logger, folder, refusal.Message);
            return false;
        }
    }

    private void Unwatch()
    {
        notices?.Dispose();
        notices = null;
    }

    private void Say(string folder, ImportReport report)
    {
        if (report.Added + report.Changed > 0)
        {
            Log.Imported(logger, folder, report.Added, report.Changed, report.Unchanged, report.Refused.Count);
        }

        foreach (var file in report.Refused.Where(file => !refused.Contains(file)))
        {
            Log.Refused(logger, file.File, file.Line, file.Reason);
        }

        refused = [.. report.Refused];
    }
}
