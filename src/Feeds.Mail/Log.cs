using Microsoft.Extensions.Logging;

namespace Feeds.Mail;

internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "{Count} deliveries of sender {Sender}, which has ended or is cut off, are uncertain: they may have arrived. Unless their newsletter has another policy, they are sent again with the same Message-ID.")]
    public static partial void Uncertain(ILogger logger, int count, long sender);

    [LoggerMessage(3002, LogLevel.Error, "Mail is not sent for now: {Trouble} Next attempt in {Delay}; nobody is left out.")]
    public static partial void RelayTrouble(ILogger logger, string trouble, TimeSpan delay);

    [LoggerMessage(3003, LogLevel.Information, "Mail is being sent again.")]
    public static partial void RelayWorks(ILogger logger);

    [LoggerMessage(3004, LogLevel.Error, "Sending mail failed; it is tried again in a second.")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Warning, "Delivery {Delivery} failed: {Code} {EnhancedCode}")]
    public static partial void DeliveryFailed(ILogger logger, long delivery, int? code, string? enhancedCode);

    [LoggerMessage(3006, LogLevel.Warning, "Delivery {Delivery} is uncertain: the connection ended after its last byte and before the answer.")]
    public static partial void DeliveryUncertain(ILogger logger, long delivery);

    [LoggerMessage(3008, LogLevel.Error, "Mailing {Mailing} is paused: {Reason} Mend that, then resume it with feeds delivery resume.")]
    public static partial void MailingPaused(ILogger logger, string mailing, string reason);

    [LoggerMessage(3009, LogLevel.Warning, "Of mailing {Mailing}, {Count} more deliveries may have arrived or not, and wait for a decision: feeds delivery retry --uncertain sends them again, feeds delivery hold --uncertain leaves them be.")]
    public static partial void UncertainAsked(ILogger logger, string mailing, int count);

    [LoggerMessage(3010, LogLevel.Error, "Relay {Relay} refuses mail from us as such ({Code} {EnhancedCode}): {Text} Recipients fail by it and are not listed for it; ask who runs it. This is told once.")]
    public static partial void PolicyRefused(ILogger logger, string relay, int? code, string? enhancedCode, string text);

    /// <summary>Tells what follows from outcomes.</summary>
    public static void Tell(ILogger logger, IReadOnlyList<LedgerNews> news)
    {
        foreach (var one in news)
        {
            if (one.PausedFor is { } reason)
            {
                MailingPaused(logger, one.MailingKey, reason);
            }
            else
            {
                UncertainAsked(logger, one.MailingKey, one.Asked);
            }
        }
    }

    [LoggerMessage(3030, LogLevel.Information, "Mails that came back: {Done} took effect, {Duplicate} had done so before, from {Nothing} nothing follows, {Unverified} are of no delivery, {Aside} are kept for a person to look at")]
    public static partial void MailboxRead(ILogger logger, int done, int duplicate, int nothing, int unverified, int aside);

    [LoggerMessage(3031, LogLevel.Error, "The mailbox for what comes back is not read for now: {Trouble} It is tried again every minute.")]
    public static partial void MailboxTrouble(ILogger logger, string trouble);

    [LoggerMessage(3032, LogLevel.Error, "A mail that came back had no effect, and stays in its mailbox to be read again.")]
    public static partial void ReturnFailed(ILogger logger, Exception exception);

    [LoggerMessage(3033, LogLevel.Error, "Reading what comes back failed; it is tried again in a minute.")]
    public static partial void MailboxFailed(ILogger logger, Exception exception);

    [LoggerMessage(3007, LogLevel.Error, "The message of delivery {Delivery} can't be composed.")]
    public static partial void NotComposed(ILogger logger, long delivery, Exception exception);

    [LoggerMessage(3008, LogLevel.Error, "No mail is sent: {Trouble}")]
    public static partial void NotLive(ILogger logger, string trouble);
}
