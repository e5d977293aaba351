using Microsoft.Extensions.Logging;

namespace Feeds.Syndication;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Debug, "{Count} feeds changed")]
    public static partial void FeedsChanged(ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Error, "The feeds could not be renewed; they stay as they are until the article store can be read again")]
    public static partial void RefreshFailed(ILogger logger, Exception reason);

    [LoggerMessage(2003, LogLevel.Information, "The feeds follow the article store again")]
    public static partial void RefreshWorksAgain(ILogger logger);
}
