using Feeds.Articles.Files;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Articles.Worker;

/// <summary>
/// Imports <see cref="ArticlesOptions.Folder"/> at the start, and then each file of which the system says that it changed;
/// now and then the whole without being told, since network folders and swapped links tell nobody.
/// </summary>
internal sealed class FolderWatch(FolderImport import, IOptions<ArticlesOptions> options, TimeProvider clock, ILogger<FolderWatch> logger)
    : SteppedLoop("Importing the articles’ folder", TimeSpan.FromMilliseconds(500), clock, logger), IHostedLifecycleService
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookUnwatched = TimeSpan.FromSeconds(1);

    // A large folder takes its time: at most a twentieth of it goes into looking in vain.
    private const int Leisure = 20;

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<RefusedFile> refused = [];
    private ImportFolder? known;
    private FolderNotices? notices;
    private bool isUnwatchable;
    private bool isGone;
    private bool isLookAsked;
    private DateTimeOffset nextLook = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public override async Task TickAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Folder is not { Length: > 0 } path || !IsThere(path))
        {
            return;
        }

        var folder = known ??= import.Open(path);
        var isNewlyWatched = Watch(folder.Root);
        try
        {
            if (folder.IsKnown)
            {
                await ImportNoticedAsync(folder, cancellationToken);
            }

            if (isNewlyWatched || isLookAsked || clock.GetUtcNow() >= nextLook)
            {
                await LookAsync(folder, isNewlyWatched || isLookAsked, cancellationToken);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Gone while it was read; the next step says so.
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>From now on the program answers; what it has is served before one looks for more.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        started.TrySetResult();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Unwatch();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await started.Task.WaitAsync(stoppingToken);
        await base.ExecuteAsync(stoppingToken);
    }

    /// <inheritdoc/>
    protected override Task WaitAsync(CancellationToken cancellationToken) =>
        notices is { IsBroken: false } ? notices.WaitAsync(LongestStep, cancellationToken) : base.WaitAsync(cancellationToken);

    private async Task LookAsync(ImportFolder folder, bool isTold, CancellationToken cancellationToken)
    {
        // Until it has succeeded, the next step looks again.
        nextLook = DateTimeOffset.MinValue;
        isLookAsked = false;
        var start = clock.GetTimestamp();
        var report = await folder.LookAsync(file => notices?.IsPending(file) is true, () => ImportNoticedAsync(folder, cancellationToken), cancellationToken);
        var hasNews = report.Added + report.Changed > 0;
        var leisure = hasNews ? TimeSpan.Zero : clock.GetElapsedTime(start) * Leisure;
        var pause = isUnwatchable ? LookUnwatched : LookAnyway;
        nextLook = clock.GetUtcNow() + (leisure > pause ? leisure : pause);
        Say(folder, report, unready: []);
        if (hasNews && !isTold)
        {
            // Something changed that nobody told of: what is watched is perhaps no longer what the path leads to.
            Unwatch();
        }
    }

    private async Task ImportNoticedAsync(ImportFolder folder, CancellationToken cancellationToken)
    {
        if (notices?.Take() is not { Count: > 0 } taken)
        {
            return;
        }

        NoticedImport imported;
        try
        {
            imported = await folder.ImportAsync(taken, cancellationToken);
        }
        catch
        {
            // Nobody will tell again.
            nextLook = DateTimeOffset.MinValue;
            throw;
        }

        foreach (var path in imported.Unready)
        {
            notices?.Return(path);
        }

        isLookAsked |= imported.NeedsLook;
        if (imported.Report is { } report)
        {
            Say(folder, report, imported.Unready);
        }
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

    private void Say(ImportFolder folder, ImportReport report, IReadOnlyList<string> unready)
    {
        if (report.Added + report.Changed > 0)
        {
            Log.Imported(logger, folder.Root, report.Added, report.Changed, report.Unchanged, report.Refused.Count);
        }

        var said = report.Refused.Where(file => refused.Contains(file) || !unready.Contains(Path.Combine(folder.Root, file.File), StringComparer.Ordinal)).ToList();
        foreach (var file in said.Where(file => !refused.Contains(file)))
        {
            Log.Refused(logger, file.File, file.Line, file.Reason);
        }

        refused = [.. said];
    }
}
