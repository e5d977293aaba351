using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>A mail that was accepted for a recipient.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="CameBack">Whether it came back for a passing reason.</param>
internal readonly record struct SentMail(DateTimeOffset At, bool CameBack);

/// <summary>
/// When passing reasons are too many: five mailings in a row to a recipient came back, and the first and the last of them
/// are fourteen days apart or more. One mailing that doesn't come back ends the row, and after 180 days it is forgotten.
/// So a full mailbox has two weeks, however often one writes to it, and a monthly letter is tried for five months.
/// </summary>
internal static class SoftBounceRule
{
    public const int Row = 5;

    /// <summary>So many mails of a recipient are looked at, at most.</summary>
    public const int LookedAt = 200;

    public static readonly TimeSpan Least = TimeSpan.FromDays(14);

    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(180);

    /// <param name="sent">What was sent to one recipient, newest first; that did come back which stands at <paramref name="index"/>.</param>
    /// <param name="index">The mail that has just come back: reports don't come in the order of the mails.</param>
    public static bool IsTooMany(IReadOnlyList<SentMail> sent, int index)
    {
        var (newest, oldest) = (index, index);
        while (newest > 0 && sent[newest - 1].CameBack)
        {
            newest--;
        }

        while (oldest + 1 < sent.Count && sent[oldest + 1].CameBack)
        {
            oldest++;
        }

        return oldest - newest + 1 >= Row && sent[newest].At - sent[oldest].At >= Least;
    }

    /// <summary>Whether the delivery, which has just come back, is one too many for its recipient.</summary>
    public static async Task<bool> IsTooManyAsync(DataConnection transaction, DeliveryRow delivery, DateTimeOffset? liftedAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - Forgotten;
        since = liftedAt > since ? liftedAt.Value : since;
        var sent = await transaction.GetTable<DeliveryRow>()
            .Where(row => row.RecipientKey == delivery.RecipientKey && row.Address == delivery.Address && row.ClaimedAt > since && (row.State == DeliveryState.Accepted || row.Id == delivery.Id))
            .OrderByDescending(row => row.Id)
            .Take(LookedAt)
            .Select(row => new { row.Id, row.ClaimedAt, CameBack = transaction.GetTable<ReturnedMessageRow>().Any(returned => returned.DeliveryId == row.Id && returned.Kind == ReturnEventKind.Soft) })
            .ToListAsync(cancellationToken);
        var index = sent.FindIndex(row => row.Id == delivery.Id);
        return index >= 0 && IsTooMany([.. sent.Select(row => new SentMail(row.ClaimedAt!.Value, row.CameBack))], index);
    }
}
