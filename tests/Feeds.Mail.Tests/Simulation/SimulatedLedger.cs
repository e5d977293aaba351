using System.Globalization;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>What the simulated server took, what must not have come to it, and the judgement between it and the program's ledger.</summary>
internal sealed class SimulatedLedger(Action<string> note)
{
    private readonly Lock gate = new();
    private readonly List<string> taken = [];
    private readonly List<string> wrong = [];
    private readonly HashSet<string> frozen = new(StringComparer.Ordinal);
    private readonly HashSet<string> withdrawn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Claims, string Why)> barred = new(StringComparer.Ordinal);
    private Dictionary<string, int> paused = [];
    private int allowed;

    public void Freeze(IEnumerable<string> messageIds) => frozen.UnionWith(messageIds);

    public bool IsWithdrawn(string mailing) => withdrawn.Contains(mailing);

    public void Withdraw(string mailing) => withdrawn.Add(mailing);

    public void Allow(int doubts) => Interlocked.Add(ref allowed, doubts);

    public void Complain(string what)
    {
        lock (gate)
        {
            wrong.Add(what);
        }
    }

    /// <summary>No later claim of those may bring anything.</summary>
    public void Bar(IReadOnlyList<DeliveryRow> rows, string why)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                note($"{row.MessageId} {why} while {row.State}, claimed {row.Claims} times");
                barred.TryAdd(row.MessageId, (row.Claims, why));
            }
        }
    }

    /// <summary>Until it is resumed, no later claim of those may bring anything.</summary>
    public void Pause(IReadOnlyList<DeliveryRow> rows)
    {
        lock (gate)
        {
            paused = rows.ToDictionary(row => row.MessageId, row => row.Claims, StringComparer.Ordinal);
        }
    }

    public void Take(string messageId, int claim)
    {
        lock (gate)
        {
            note($"{messageId} is taken under claim {claim}");
            taken.Add(messageId);
            if (barred.TryGetValue(messageId, out var bar) && claim > bar.Claims)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{messageId} came under claim {claim}, which was made after it {bar.Why} (claim {bar.Claims})."));
            }

            if (paused.TryGetValue(messageId, out var before) && claim > before)
            {
                wrong.Add($"{messageId} came under a claim that was made while its mailing was paused.");
            }
        }
    }

    public async Task<IReadOnlyList<string>> JudgeAsync(Database database, IEnumerable<string> mailings, IEnumerable<Exception?> mistakes)
    {
        var rows = await database.ReadAsync(connection => connection.GetTable<DeliveryRow>().OrderBy(row => row.Id).ToListAsync());
        var counts = taken.CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        List<string> all = [.. wrong, .. mistakes.OfType<Exception>().Select(mistake => $"A tick threw {mistake}")];
        if (!frozen.SetEquals(rows.Select(row => row.MessageId)) || rows.Count != frozen.Count)
        {
            all.Add($"{frozen.Count} deliveries were frozen for {mailings.Count()} mailings, and the ledger has {rows.Count}.");
        }

        all.AddRange(rows.Select(row => (Row: row, Why: Judge(row, counts.GetValueOrDefault(row.MessageId)))).Where(judged => judged.Why is not null).Select(judged =>
            $"{judged.Row.MessageId} {judged.Why}: {judged.Row.State}, {judged.Row.Claims} claims, {judged.Row.Attempts} attempts, {judged.Row.Doubts} doubts; taken {counts.GetValueOrDefault(judged.Row.MessageId)} times."));
        all.AddRange(counts.Keys.Except(rows.Select(row => row.MessageId), StringComparer.Ordinal).Select(id => $"{id} came, and the ledger doesn't know it."));
        var twice = counts.Values.Sum(times => times - 1);
        if (twice > allowed)
        {
            all.Add($"{twice} came more than once, and no more than {allowed} connections were interrupted.");
        }

        return all;
    }

    private string? Judge(DeliveryRow row, int times) => row.State switch
    {
        _ when times > 1 && row.Doubts == 0 => "came more than once and isn't named",
        DeliveryState.Accepted when times == 0 => "is accepted and never came",
        DeliveryState.Accepted => null,
        _ when times > 0 && row.Doubts == 0 => "came and is not accepted",
        DeliveryState.Failed when SimulatedWorld.IsRefused(row.Address) || row.FinishedAt - row.FirstAttemptAt >= RetryRules.GiveUpAfter => null,
        DeliveryState.Suppressed when barred.ContainsKey(row.MessageId) => null,
        _ => "is lost",
    };
}
