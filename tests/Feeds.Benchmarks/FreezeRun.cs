using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Feeds.Newsletter;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Benchmarks;

/// <summary>What freezing came to.</summary>
/// <param name="Seconds">From the call to the commit, of all editions together.</param>
/// <param name="ProcessorSeconds">Of them, what this process worked.</param>
/// <param name="IdleMegabytes">Held before.</param>
/// <param name="PeakMegabytes">Held at most while it froze.</param>
/// <param name="Editions">How many.</param>
/// <param name="Deliveries">Frozen in all of them.</param>
/// <param name="Renderings">Mails rendered, each of two bodies.</param>
/// <param name="Stored">Contents in the database.</param>
/// <param name="DistinctStored">Of these, how many differ in more than the address at which one reads them.</param>
/// <param name="DistinctByChoices">How many there are to be.</param>
/// <param name="CopySeconds">What the database takes to write the same deliveries, read from itself.</param>
internal sealed record FreezeFigures(
    double Seconds, double ProcessorSeconds, double IdleMegabytes, double PeakMegabytes, int Editions, long Deliveries, double Renderings, int Stored, int DistinctStored, int DistinctByChoices, double CopySeconds)
{
    public static FreezeFigures Read(string printed) => JsonSerializer.Deserialize<FreezeFigures>(printed.Trim().Split('\n')[^1])!;

    public string Write() => JsonSerializer.Serialize(this);
}

/// <summary>Freezes in a process of its own, so that its memory is nothing else's.</summary>
internal static partial class FreezeRun
{
    public const string Verb = "freeze-once";

    /// <summary>All times are one slot.</summary>
    public const string AtOnce = "at-once";

    /// <summary>All have the same hour on their own clocks.</summary>
    public const string OverADay = "over-a-day";

    private const int BodiesOfAMail = 2;
    private static readonly DateTimeOffset Slot = new(2026, 11, 23, 8, 0, 0, TimeSpan.FromHours(1));

    /// <summary>The editions of a mode and whose they are.</summary>
    public static IReadOnlyList<(DateTimeOffset Slot, IReadOnlyList<SendTime> Times)> Slots(string mode) =>
        string.Equals(mode, AtOnce, StringComparison.Ordinal) ? ChoosingReaders.AtOnce(Slot) : ChoosingReaders.AtHour(Slot);

    /// <summary>Freezes, and prints <see cref="FreezeFigures"/>.</summary>
    public static async Task RunAsync(string connectionString, string mode)
    {
        await using var services = Readership.Open(connectionString);
        var editions = services.GetRequiredService<Editions>();
        var templates = services.GetRequiredService<MailTemplates>();
        var database = services.GetRequiredService<Database>();
        await editions.PreviewAsync(Readership.Cadence, Slot, Stream.Null, default);
        var bodiesBefore = templates.Renderings;
        GC.Collect();
        var idle = await Memory.MegabytesAsync("VmRSS:");
        await Memory.ForgetPeakAsync();

        var slots = Slots(mode);
        var deliveries = 0L;
        var worked = Memory.ProcessorSeconds();
        var start = TimeProvider.System.GetTimestamp();
        foreach (var (slot, times) in slots)
        {
            deliveries += (await editions.MakeAsync(Readership.Cadence, slot, times, default))!.Edition.Counts.Pending;
        }

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        worked = Memory.ProcessorSeconds() - worked;
        var peak = await Memory.MegabytesAsync("VmHWM:");
        var renderings = (templates.Renderings - bodiesBefore) / (double)BodiesOfAMail;
        var distinct = 0;
        foreach (var (slot, times) in slots)
        {
            distinct += await ChoosingReaders.DistinctContentsAsync(services, slot, times);
        }

        var (stored, differing) = await ContentsAsync(database);
        Console.WriteLine(new FreezeFigures(seconds, worked, idle, peak, slots.Count, deliveries, renderings, stored, differing, distinct, await CopyAsync(database)).Write());
    }

    /// <summary>Contents, and those that differ: compared as they are stored, but for the address of each in a browser.</summary>
    private static Task<(int Stored, int Distinct)> ContentsAsync(Database database) => database.ReadAsync(async connection =>
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var stored = 0;
        await foreach (var text in connection.QueryToAsyncEnumerable<string>("SELECT mailing_id || ' ' || subject || ' ' || html || ' ' || text FROM mail_content"))
        {
            stored++;
            seen.Add(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(BrowserAddress().Replace(text, "")))));
        }

        return (stored, seen.Count);
    });

    /// <summary>How long the database takes for one statement that writes the same rows with the same indexes.</summary>
    private static async Task<double> CopyAsync(Database database)
    {
        await database.WriteAsync(async connection => database.Provider == DatabaseProvider.PostgreSql
            ? await connection.ExecuteAsync("CREATE TABLE copied (LIKE delivery INCLUDING ALL EXCLUDING IDENTITY)")
            : await ExecuteAllAsync(connection, [.. (await connection.QueryToListAsync<string>("SELECT sql FROM sqlite_master WHERE tbl_name = 'delivery' AND sql IS NOT NULL ORDER BY type = 'index'")).Select(sql => OfDelivery().Replace(sql, "copied"))]), default);
        var start = TimeProvider.System.GetTimestamp();
        await database.WriteAsync(
            connection =>
            {
                connection.CommandTimeout = 0;
                return connection.ExecuteAsync("INSERT INTO copied SELECT * FROM delivery");
            },
            default);
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<int> ExecuteAllAsync(DataConnection connection, IEnumerable<string> statements)
    {
        var count = 0;
        foreach (var statement in statements)
        {
            await connection.ExecuteAsync(statement);
            count++;
        }

        return count;
    }

    [GeneratedRegex(@"editions/[\w-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BrowserAddress();

    // The table's name, and the beginning of its indexes'.
    [GeneratedRegex(@"\bdelivery", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfDelivery();
}
