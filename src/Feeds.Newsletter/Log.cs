using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter;

/// <summary>Everything this room says, 4000–4999. People are counted, never named.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Edition of {Cadence} for {Slot:u}: {Articles} new articles, {Audience} subscribers")]
    public static partial void EditionFrozen(this ILogger log, string cadence, DateTimeOffset slot, int articles, int audience);

    [LoggerMessage(4002, LogLevel.Information, "No edition of {Cadence} for {Slot:u}: {Articles} new articles, {Minimum} are needed; they wait for the next slot")]
    public static partial void EditionSkipped(this ILogger log, string cadence, DateTimeOffset slot, int articles, int minimum);

    [LoggerMessage(4003, LogLevel.Information, "The edition of {Cadence} for {Slot:u} is begun anew: its cadence or a subscriber's choice changed meanwhile")]
    public static partial void EditionBegunAnew(this ILogger log, string cadence, DateTimeOffset slot);
}
