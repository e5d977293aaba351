namespace Feeds.Host;

/// <summary>What the program itself reports; events 100–199.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "{Sentence}")]
    public static partial void UnknownSetting(ILogger logger, string sentence);

    [LoggerMessage(101, LogLevel.Information, "{Sentence}")]
    public static partial void CadenceDiffers(ILogger logger, string sentence);

    [LoggerMessage(102, LogLevel.Warning, "A wrong admin password was given from {Address}.")]
    public static partial void WrongPassword(ILogger logger, string address);

    [LoggerMessage(103, LogLevel.Error, "Not ready: {Reason}")]
    public static partial void NotReady(ILogger logger, string reason);

    [LoggerMessage(104, LogLevel.Error, "What a relay posted had no effect, because the database refused ({Reason}); the relay is asked to post it again.")]
    public static partial void EventsRefused(ILogger logger, string reason);
}
