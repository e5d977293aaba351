using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter;

/// <summary>Everything this room says, 4000–4999. People are counted, never named.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Edition of {Cadence} for {Slot:u}: {Articles} new articles, {Audience} subscribers")]
    public static partial void EditionFrozen(this ILogger log, string cadence, DateTimeOffset slot, int articles, int audience);

    [LoggerMessage(4002, LogLevel.Information, "No edition of {Cadence} for {Slot:u}: {Articles} new articles, {Minimum} are needed; they wait for the next slot")]
    public static partial void EditionSkipped(this ILogger log, string cadence, DateTimeOffset slot, int articles, int minimum);

    [LoggerMessage(4003, LogLevel.Information, "The edition of {Cadence} for {Slot:u} is begun anew: its cadence, an article or a subscriber's choice changed meanwhile")]
    public static partial void EditionBegunAnew(this ILogger log, string cadence, DateTimeOffset slot);

    [LoggerMessage(4004, LogLevel.Information, "Edition of {Cadence} for {Slot:u}: withdrawn articles were taken out of {Contents} texts that are not sent to everybody yet; {Suppressed} subscribers get nothing, for nothing was left")]
    public static partial void EditionRevised(this ILogger log, string cadence, DateTimeOffset slot, int contents, int suppressed);

    [LoggerMessage(4005, LogLevel.Information, "The mail templates are compiled at each start, for what was compiled can't be kept in {Folder}: {Reason}")]
    public static partial void TemplatesNotKept(this ILogger log, string folder, string reason);
}
