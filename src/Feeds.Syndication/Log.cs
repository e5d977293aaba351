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

    [LoggerMessage(2050, LogLevel.Information, "{Host} subscribed to {Topic} for {Lease}.")]
    public static partial void Subscribed(ILogger logger, string host, string topic, TimeSpan lease);

    [LoggerMessage(2051, LogLevel.Information, "{Host} unsubscribed from {Topic}.")]
    public static partial void Unsubscribed(ILogger logger, string host, string topic);

    [LoggerMessage(2052, LogLevel.Information, "{Host} did not confirm what was asked about {Topic} in its name: {Reason}.")]
    public static partial void NotConfirmed(ILogger logger, string host, string topic, string reason);

    [LoggerMessage(2053, LogLevel.Debug, "{Topic} was pushed to {Host}.")]
    public static partial void Pushed(ILogger logger, string host, string topic);

    [LoggerMessage(2054, LogLevel.Information, "{Host} answered 410 to {Topic}; the subscription is over.")]
    public static partial void Gone(ILogger logger, string host, string topic);

    [LoggerMessage(2055, LogLevel.Information, "{Topic} could not be pushed to {Host}: {Reason}. It is tried again.")]
    public static partial void PushFailed(ILogger logger, string host, string topic, string reason);

    [LoggerMessage(2056, LogLevel.Warning, "{Topic} could not be pushed to {Host} for 17 hours: {Reason}. It is tried again when the feed changes.")]
    public static partial void PushGivenUp(ILogger logger, string host, string topic, string reason);

    [LoggerMessage(2057, LogLevel.Information, "{Count} subscriptions ended with their lease.")]
    public static partial void Expired(ILogger logger, int count);

    [LoggerMessage(2058, LogLevel.Warning, "{Follower} could not be told of what changed: {Reason}. It is tried again until it can, and misses nothing.")]
    public static partial void FollowerFailed(ILogger logger, string follower, string reason);

    [LoggerMessage(2059, LogLevel.Information, "{Follower} was told of what changed.")]
    public static partial void FollowerWorksAgain(ILogger logger, string follower);

    [LoggerMessage(2060, LogLevel.Error, "Something that was begun for a subscriber or follower failed; it is tried again in a minute.")]
    public static partial void ExchangeFailed(ILogger logger, Exception reason);

    [LoggerMessage(2061, LogLevel.Error, "The hub can't look for what is due; it is tried again until it can.")]
    public static partial void HubFailed(ILogger logger, Exception reason);

    [LoggerMessage(2062, LogLevel.Information, "The hub works again.")]
    public static partial void HubWorksAgain(ILogger logger);

    [LoggerMessage(2063, LogLevel.Information, "{Topic} has ended, and the subscription of {Host} with it.")]
    public static partial void Denied(ILogger logger, string host, string topic);
}
