using Microsoft.Extensions.Logging;

namespace Feeds.Scheduling;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "Cadence {Cadence}: the slot {Slot:O} is due; making its edition")]
    public static partial void SlotDue(ILogger logger, string cadence, DateTimeOffset slot);

    [LoggerMessage(5002, LogLevel.Warning, "Cadence {Cadence}: {Count} slot(s) from {First:O} on were missed; {Reason}")]
    public static partial void SlotsMissed(ILogger logger, string cadence, int count, DateTimeOffset first, string reason);

    [LoggerMessage(5003, LogLevel.Error, "Cadence {Cadence}: the edition of the slot {Slot:O} could not be made; trying again at {Retry:O}")]
    public static partial void SlotFailed(ILogger logger, Exception failure, string cadence, DateTimeOffset slot, DateTimeOffset retry);

    [LoggerMessage(5004, LogLevel.Information, "Cadence {Cadence}: next slot {Slot:O}")]
    public static partial void Armed(ILogger logger, string cadence, DateTimeOffset slot);

    [LoggerMessage(5005, LogLevel.Information, "Cadence {Cadence}: no slot any more (paused, removed or run out)")]
    public static partial void Disarmed(ILogger logger, string cadence);

    [LoggerMessage(5006, LogLevel.Error, "Cadence {Cadence} is not kept: {Reason}")]
    public static partial void Unreadable(ILogger logger, string cadence, string reason);

    [LoggerMessage(5007, LogLevel.Error, "The schedules could not be followed; trying again every second, silently until it works")]
    public static partial void FollowFailed(ILogger logger, Exception failure);
}
