using System.Globalization;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// Pauses a newsletter's mailing whose content servers refuse for one recipient after the other: the fault is the
/// content's, and each further refusal costs the sender's good name.
/// </summary>
internal static class ContentVerdicts
{
    /// <summary>So many refusals of the content in a row, of different recipients, without one that was accepted between.</summary>
    public const int InARow = 5;

    // Other mailings may be under way; within so many attempts those of one are found without looking through its whole past.
    private const int Looked = 200;

    /// <returns>Why the mailing was paused, without addresses; null where it was not.</returns>
    public static async Task<string?> JudgeAsync(DataConnection transaction, MailingRow mailing, DateTimeOffset now)
    {
        if (mailing.State != MailingState.Sending || mailing.ListIdentifier is null)
        {
            return null;
        }

        var since = mailing.StateSince ?? DateTimeOffset.UnixEpoch;
        var attempts = await (
            from attempt in transaction.GetTable<AttemptRow>().OrderByDescending(row => row.Id).Take(Looked)
            join delivery in transaction.GetTable<DeliveryRow>() on attempt.DeliveryId equals delivery.Id
            where delivery.MailingId == mailing.Id && attempt.StartedAt >= since
            where attempt.Outcome == AttemptRow.Accepted || attempt.Outcome == AttemptRow.ContentRefused
            orderby attempt.Id descending
            select new { attempt.Outcome, attempt.ReplyCode, attempt.ReplyText, delivery.Id, delivery.LaneId }).ToListAsync();
        var refused = attempts.TakeWhile(attempt => string.Equals(attempt.Outcome, AttemptRow.ContentRefused, StringComparison.Ordinal)).ToList();
        if (refused.Select(attempt => attempt.Id).Distinct().Count() < InARow)
        {
            return null;
        }

        var reason = ReplyText.Clean(string.Create(
            CultureInfo.InvariantCulture,
            $"The content was refused for {refused.Count} recipients in a row, who are kept to be tried again: {refused[0].ReplyCode} {ReplyText.WithoutAddresses(refused[0].ReplyText)}"));
        var ids = refused.Select(attempt => attempt.Id).ToList();
        var lanes = refused.Select(attempt => attempt.LaneId).Distinct().ToList();
        await transaction.GetTable<DeliveryRow>()
            .Where(row => ids.Contains(row.Id) && row.State == DeliveryState.Failed && row.SuppressedAs == null)
            .Set(row => row.State, DeliveryState.Deferred)
            .Set(row => row.NextAttemptAt, now)
            .Set(row => row.FinishedAt, (DateTimeOffset?)null)
            .UpdateAsync();
        await transaction.GetTable<LaneRow>().Where(row => lanes.Contains(row.Id)).Set(row => row.ClosedAt, (DateTimeOffset?)null).UpdateAsync();
        await transaction.GetTable<MailingRow>()
            .Where(row => row.Id == mailing.Id)
            .Set(row => row.State, MailingState.Paused)
            .Set(row => row.StateReason, reason)
            .Set(row => row.StateSince, now)
            .UpdateAsync();
        return reason;
    }
}
