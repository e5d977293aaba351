using System.Globalization;
using Xunit;

namespace Feeds.Testing.Smtp;

/// <summary>A delivery as the program's ledger has it.</summary>
/// <param name="Message">To whom, and which message.</param>
/// <param name="State">Its state's name.</param>
/// <param name="Doubts">How often nobody knew whether it arrived; above zero it is among those that the program names.</param>
/// <param name="Attempts">How each of its attempts ended.</param>
public sealed record LedgerDelivery(LedgerEntry Message, string State, int Doubts, string Attempts);

/// <summary>
/// The judge between the program's ledger and the server's: <c>frozen = accepted + failed + suppressed + uncertain</c>, and what
/// the server holds = accepted ∪ a subset of uncertain.
/// </summary>
public static class LedgerJudge
{
    private const int MostLines = 3000;
    private static readonly string[] Final = ["accepted", "failed", "suppressed", "uncertain"];
    private static readonly string[] Open = ["pending", "deferred", "inflight"];

    /// <summary>Fails with both ledgers where they differ.</summary>
    /// <param name="frozen">How many deliveries there are to be.</param>
    /// <param name="ours">All of the program's ledger.</param>
    /// <param name="theirs">All of the servers'.</param>
    /// <param name="isOver">Whether nothing may be open any more.</param>
    /// <param name="context">What to say beside the ledgers.</param>
    /// <returns>How many came twice or more often.</returns>
    public static int AssertAgree(int frozen, IReadOnlyCollection<LedgerDelivery> ours, IReadOnlyCollection<LedgerEntry> theirs, bool isOver, string context = "")
    {
        var got = theirs.CountBy(message => message).ToDictionary();
        var lines = ours.Select(delivery => (Delivery: delivery, Times: got.GetValueOrDefault(delivery.Message), Wrong: Judge(delivery, got.GetValueOrDefault(delivery.Message), isOver)))
            .Select(line => (line.Wrong, Text: $"{line.Delivery.Message.To} {line.Delivery.Message.MessageId} | {line.Delivery.State}, {line.Delivery.Doubts} doubts ({line.Delivery.Attempts}) | {line.Times}"))
            .Concat(got.Where(message => ours.All(delivery => delivery.Message != message.Key)).Select(message =>
                (Wrong: (string?)"unknown", Text: $"{message.Key.To} {message.Key.MessageId} | never heard of | {message.Value}")))
            .OrderBy(line => line.Wrong is null)
            .ToList();
        var states = ours.CountBy(delivery => Name(delivery.State)).ToDictionary(StringComparer.Ordinal);
        var sum = string.Create(CultureInfo.InvariantCulture, $"{frozen} frozen = {string.Join(" + ", Final.Select(state => $"{states.GetValueOrDefault(state)} {state}"))} + {Open.Sum(state => states.GetValueOrDefault(state))} open");
        var agree = lines.TrueForAll(line => line.Wrong is null) && ours.Count == frozen && states.Keys.All(state => Final.Contains(state, StringComparer.Ordinal) || Open.Contains(state, StringComparer.Ordinal));
        Assert.True(
            agree,
            $"The ledgers differ. {sum}\nto whom, which message | ours (attempts) | times in theirs\n{string.Join('\n', lines.Take(MostLines).Select(line => $"{(line.Wrong is null ? "" : $"{line.Wrong}: ")}{line.Text}"))}\n{context}");
        return got.Values.Count(times => times > 1);
    }

    private static string? Judge(LedgerDelivery delivery, int times, bool isOver) => Name(delivery.State) switch
    {
        _ when times > 1 && delivery.Doubts == 0 => "twice and not named",
        "accepted" => times == 0 ? "lost" : null,
        _ when times > 0 && delivery.Doubts == 0 => "there and not named",
        "uncertain" when delivery.Doubts == 0 => "uncertain without a doubt",
        var state when isOver && Open.Contains(state, StringComparer.Ordinal) => "open",
        _ => null,
    };

    private static string Name(string state) => state.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
