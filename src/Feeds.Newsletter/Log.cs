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

    [LoggerMessage(4010, LogLevel.Error, "A confirmation mail can't be written; it is tried again in five minutes")]
    public static partial void ConfirmationFailed(this ILogger log, Exception reason);

    [LoggerMessage(4011, LogLevel.Error, "What people asked for can't be looked at; it is tried again every second, without telling so again")]
    public static partial void JoiningFailed(this ILogger log, Exception reason);

    [LoggerMessage(4012, LogLevel.Error, "A newcomer's first mail can't be written; it is tried again in five minutes")]
    public static partial void WelcomeFailed(this ILogger log, Exception reason);

    [LoggerMessage(4005, LogLevel.Information, "The mail templates are compiled at each start, for what was compiled can't be kept in {Folder}: {Reason}")]
    public static partial void TemplatesNotKept(this ILogger log, string folder, string reason);

    [LoggerMessage(4020, LogLevel.Information, "Retention: {Over} people who left or never confirmed are forgotten, and {Silent} who were asked and didn't answer; {Asked} are asked whether they still want it")]
    public static partial void RetentionDone(this ILogger log, int over, int silent, int asked);

    [LoggerMessage(4021, LogLevel.Error, "Retention stopped before its end; it goes on tomorrow, or after the next start.")]
    public static partial void RetentionFailed(this ILogger log, Exception exception);

    [LoggerMessage(4030, LogLevel.Warning, "The webhook {Webhook} didn't take an event ({Answer}); each is sent again after growing pauses, without telling so again")]
    public static partial void WebhookFailing(this ILogger log, string webhook, string answer);

    [LoggerMessage(4031, LogLevel.Information, "The webhook {Webhook} takes events again")]
    public static partial void WebhookWorksAgain(this ILogger log, string webhook);

    [LoggerMessage(4032, LogLevel.Warning, "The webhook {Webhook} says that it is gone (410): it is told nothing more until the program starts again; remove it from Newsletter:Webhooks if it stays away")]
    public static partial void WebhookGone(this ILogger log, string webhook);

    [LoggerMessage(4033, LogLevel.Error, "The webhook {Webhook} is not told of event {Event} any more, after {Attempts} attempts; the last one: {Answer}")]
    public static partial void WebhookEventGivenUp(this ILogger log, string webhook, string @event, int attempts, string answer);

    [LoggerMessage(4034, LogLevel.Error, "The webhook {Webhook} is not told of event {Event} any more, which is {Days} days old")]
    public static partial void WebhookEventTooOld(this ILogger log, string webhook, string @event, int days);

    [LoggerMessage(4035, LogLevel.Error, "What the webhook {Webhook} answered can't be noted; it gets that event again, and knows it by its id")]
    public static partial void WebhookNotNoted(this ILogger log, string webhook, Exception reason);

    [LoggerMessage(4036, LogLevel.Error, "What webhooks are to be told can't be looked at; it is tried again every second, without telling so again")]
    public static partial void WebhooksFailed(this ILogger log, Exception reason);
}
