using Microsoft.Extensions.Logging;

namespace Feeds.Articles;

/// <summary>Everything this room says to the log: 1000–1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "{Count} articles whose date has come are public now.")]
    public static partial void Published(ILogger logger, int count);

    [LoggerMessage(1002, LogLevel.Information, "Imported from {Folder}: {Added} added, {Changed} changed, {Unchanged} unchanged, {Refused} refused.")]
    public static partial void Imported(ILogger logger, string folder, int added, int changed, int unchanged, int refused);

    [LoggerMessage(1003, LogLevel.Warning, "{File}, line {Line}: {Reason}")]
    public static partial void Refused(ILogger logger, string file, int line, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "The folder {Folder} is gone. Its articles stay; put the folder back, and what changed in it is imported.")]
    public static partial void FolderGone(ILogger logger, string folder);

    [LoggerMessage(1005, LogLevel.Information, "The folder {Folder} is back.")]
    public static partial void FolderBack(ILogger logger, string folder);

    [LoggerMessage(1006, LogLevel.Warning, "The folder {Folder} can't be watched ({Reason}); it is looked through every second instead. On Linux, raise fs.inotify.max_user_instances or fs.inotify.max_user_watches.")]
    public static partial void Unwatched(ILogger logger, string folder, string reason);

    [LoggerMessage(1007, LogLevel.Error, "{Work} failed and is tried again until it succeeds.")]
    public static partial void TickFailed(ILogger logger, Exception exception, string work);

    [LoggerMessage(1008, LogLevel.Information, "{Work} succeeds again.")]
    public static partial void TickRecovered(ILogger logger, string work);
}
