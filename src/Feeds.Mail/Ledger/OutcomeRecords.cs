using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>What a mailing's people are to be told of, once what caused it is durable.</summary>
/// <param name="MailingKey">Which mailing.</param>
/// <param name="PausedFor">Why it was paused; null where it was not.</param>
/// <param name="Asked">How many deliveries wait for a person's decision since.</param>
internal sealed record LedgerNews(string MailingKey, string? PausedFor, int Asked);

/// <summary>Writes outcomes and what follows from them, within one transaction. Each of these may run twice with the same result.</summary>
internal static class OutcomeRecords
{
    /// <summary>
    /// Writes outcomes, each unless a later claim has taken the delivery over. One that was already given up as uncertain
    /// and not yet sent again gets its late, but certain outcome.
    /// </summary>
    public static async Task<IReadOnlyList<LedgerNews>> CompleteAsync(
        DataConnection transaction, DatabaseProvider provider, IEnumerable<IReturnListener> listeners, IReadOnlyList<Completion> completions)
    {
        if (completions.Count == 0)
        {
            return [];
        }

        var now = completions.Max(completion => completion.EndedAt);
        var mailings = await LockAsync(transaction, provider, [.. completions.Where(DependsOnMailing).Select(completion => completion.Claim.MailingId).Distinct()]);
        // Before the deliveries, in the order in which mails that come back touch them.
        await ListUnknownAddressesAsync(transaction, listeners, completions, now);

        var rows = new List<OutcomeRow>(completions.Count);
        var asked = new List<long>();
        foreach (var completion in completions)
        {
            var mailing = mailings.GetValueOrDefault(completion.Claim.MailingId);
            var after = After(completion, mailing);
            if (after is { State: DeliveryState.Uncertain, NextAttemptAt: null, FinishedAt: null })
            {
                asked.Add(mailing!.Id);
            }

            rows.Add(Row(completion, after));
        }

        await OutcomeRow.WriteAsync(transaction, provider, rows);
        var news = asked.CountBy(id => id).Select(count => new LedgerNews(mailings[count.Key].Key, null, count.Value)).ToList();
        foreach (var id in completions.Where(completion => completion.Outcome.About == RefusalCause.Content).Select(completion => completion.Claim.MailingId).Distinct())
        {
            if (await ContentVerdicts.JudgeAsync(transaction, mailings[id], now) is { } reason)
            {
                news.Add(new LedgerNews(mailings[id].Key, reason, 0));
            }
        }

        return news;
    }

    /// <summary>What is in flight under that sender becomes uncertain.</summary>
    /// <returns>How many, and what follows.</returns>
    public static async Task<(int Count, IReadOnlyList<LedgerNews> News)> GiveUpAsync(DataConnection transaction, DatabaseProvider provider, long senderId, DateTimeOffset now)
    {
        var claims = await LedgerRecords.FindUnknownClaimsAsync(transaction, senderId, known: ImmutableHashSet<(long, int)>.Empty);
        var outcome = new Outcome(OutcomeKind.Uncertain, Text: "The process that was sending it ended or was cut off before the outcome was known.");
        return (claims.Count, await CompleteAsync(transaction, provider, [], [.. claims.Select(claim => new Completion(claim, outcome, "", now))]));
    }

    private static async Task ListUnknownAddressesAsync(DataConnection transaction, IEnumerable<IReturnListener> listeners, IReadOnlyList<Completion> completions, DateTimeOffset now)
    {
        var refused = completions.Where(completion => completion.Outcome.About == RefusalCause.Address).ToDictionary(completion => completion.Claim.DeliveryId);
        if (refused.Count == 0)
        {
            return;
        }

        // As the ledger has it now: whoever was erased while the mail was in flight isn't written down again.
        var rows = await transaction.GetTable<DeliveryRow>().Where(row => refused.Keys.Contains(row.Id)).Select(row => new { row.Id, row.Address, row.RecipientKey }).ToListAsync();
        var news = await Suppressions.AddNewAsync(
            transaction,
            [.. rows.Select(row => new NewSuppression(row.Address, SuppressionCause.HardBounce, $"{refused[row.Id].Outcome.ReplyCode} {refused[row.Id].Outcome.Text}", row.Id))],
            now,
            CancellationToken.None);
        foreach (var row in rows.Where(row => news.Contains(Suppressions.Key(row.Address))).DistinctBy(row => Suppressions.Key(row.Address), StringComparer.Ordinal))
        {
            foreach (var listener in listeners)
            {
                await listener.BounceAsync(transaction, row.RecipientKey, row.Address, SuppressionCause.HardBounce, CancellationToken.None);
            }
        }
    }

    // What is over is over, whatever has become of its mailing.
    private static bool DependsOnMailing(Completion completion) =>
        completion.Outcome.Kind is not (OutcomeKind.Accepted or OutcomeKind.Failed) || completion.Outcome.About == RefusalCause.Content;

    /// <summary>The mailings as they stand; who pauses or cancels one waits, and sees afterwards what is written here.</summary>
    public static async Task<Dictionary<long, MailingRow>> LockAsync(DataConnection transaction, DatabaseProvider provider, IReadOnlyList<long> ids)
    {
        if (ids.Count > 0 && provider == DatabaseProvider.PostgreSql)
        {
            var list = string.Join(", ", ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));
            await transaction.ExecuteAsync($"SELECT id FROM mailing WHERE id IN ({list}) ORDER BY id FOR NO KEY UPDATE", CancellationToken.None);
        }

        return ids.Count == 0 ? [] : await transaction.GetTable<MailingRow>().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id);
    }

    private static Standing After(Completion completion, MailingRow? mailing)
    {
        var claim = completion.Claim;
        if (completion.Outcome.About == RefusalCause.Content && mailing?.State == MailingState.Paused)
        {
            // It was on its way when the mailing was paused, perhaps for the same refusal, and shares the fate of those before.
            return claim.Before with { State = DeliveryState.Deferred, Attempts = claim.Before.Attempts + 1, NextAttemptAt = completion.EndedAt };
        }

        var after = RetryRules.After(
            claim.Before,
            claim.Number,
            claim.StartedAt,
            completion.Outcome.Kind,
            completion.EndedAt,
            RandomNumberGenerator.GetInt32(1000) / 1000.0,
            mailing?.Uncertain ?? UncertainPolicy.Resend);
        return mailing?.State == MailingState.Cancelled ? RetryRules.Cancelled(after, completion.EndedAt) : after;
    }

    private static OutcomeRow Row(Completion completion, Standing after) => new(
        completion.Claim.DeliveryId,
        completion.Claim.Number,
        Name(after.State),
        after.Attempts,
        after.Doubts,
        after.NextAttemptAt?.ToUnixTimeMilliseconds(),
        after.FirstAttemptAt?.ToUnixTimeMilliseconds(),
        after.FinishedAt?.ToUnixTimeMilliseconds(),
        completion.Claim.StartedAt.ToUnixTimeMilliseconds(),
        completion.EndedAt.ToUnixTimeMilliseconds(),
        completion.Outcome.Kind == OutcomeKind.Untouched ? null : Name(completion.Outcome),
        completion.Outcome.ReplyCode,
        completion.Outcome.EnhancedCode,
        completion.Outcome.Text,
        completion.Relay);

    private static string Name(DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Accepted => "accepted",
        DeliveryState.Deferred => "deferred",
        DeliveryState.Failed => "failed",
        DeliveryState.Suppressed => "suppressed",
        DeliveryState.Uncertain => "uncertain",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No outcome leads there."),
    };

    private static string Name(Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Accepted => AttemptRow.Accepted,
        OutcomeKind.Deferred => "deferred",
        OutcomeKind.Failed when outcome.About == RefusalCause.Content => AttemptRow.ContentRefused,
        OutcomeKind.Failed => "failed",
        OutcomeKind.Uncertain => "uncertain",
        OutcomeKind.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.Kind, "No attempt."),
    };
}
