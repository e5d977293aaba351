using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>What a seed makes of its world.</summary>
/// <param name="Processes">How many live at once.</param>
/// <param name="Connections">How many each opens to a relay; with more than one, threads decide who passes a point first.</param>
/// <param name="Relays">How many relays there are.</param>
/// <param name="Limits">Of each relay.</param>
/// <param name="Deadliness">How probable it is to die at a point.</param>
internal sealed record WorldPlan(int Processes, int Connections, int Relays, LimitSet Limits, double Deadliness);

/// <summary>
/// One seed: a real database, a server with a ledger of its own, and processes that are killed, frozen and cut off at their
/// awaits, until so many have died; then quiet, and the judgement.
/// </summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    private const int MaximumSteps = 3000;
    private const int MaximumQuietRounds = 200;
    private const double Mild = 0.003;
    private static readonly TimeSpan[] Waits =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(16), TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(20)];

    private readonly ServiceProvider office;
    private readonly ConcurrentQueue<string> notes = [];
    private readonly ConcurrentDictionary<string, int> deaths = new(StringComparer.Ordinal);
    private readonly List<SimulatedProcess> processes = [];
    private readonly Dictionary<string, IReadOnlyList<long>> mailings = new(StringComparer.Ordinal);
    private readonly SimulatedLedger ledger;
    private DateTimeOffset now = Mailings.Date;
    private int started;
    private int draws;
    private int died;

    public SimulatedWorld(int seed, string connectionString)
    {
        (Seed, ConnectionString, ledger) = (seed, connectionString, new SimulatedLedger(Note));
        var several = Draw(seed, 0, "connections", 0) < 0.2;
        Plan = new WorldPlan(
            Draw(seed, 0, "processes", 0) < 0.4 ? 2 : 1,
            several ? 3 : 1,
            several ? 2 : 1,
            Draw(seed, 0, "limits", 0) < 0.3 ? new LimitSet([new RateLimit("relay:simulated:second", TimeSpan.FromSeconds(1) / 20)], null) : LimitSet.None,
            // Some live long: what a process makes of a fault shows only while it lives.
            Draw(seed, 0, "mild", 0) < 0.15 ? Mild : 0.02 + (0.03 * Draw(seed, 0, "deadliness", 0)));
        var mail = new MailOptions { Mode = MailMode.Allowlist, From = "news@example.org", Allow = { "example.org", "limited.example" } };
        if (Draw(seed, 0, "live", 0) < 0.4)
        {
            // Only some: what a database is confirmed by takes each process more transactions than its first message.
            mail.Mode = MailMode.Live;
            mail.Allow.Clear();
        }

        if (Draw(seed, 0, "domains", 0) < 0.3)
        {
            mail.Domains.Add(new DomainOptions { Names = { "limited.example" }, MessagesPerSecond = 10 });
        }

        Options = Microsoft.Extensions.Options.Options.Create(mail);
        office = SimulatedProcess.Services(this, new FakeTimeProvider(now), new Relays([]), connection => connection);
    }

    public int Seed { get; }

    public string ConnectionString { get; }

    public WorldPlan Plan { get; }

    public IOptions<MailOptions> Options { get; }

    /// <summary>Nothing goes wrong any more.</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>How many processes died at which point.</summary>
    public IReadOnlyDictionary<string, int> Deaths => deaths;

    private Database Database => office.GetRequiredService<Database>();

    private Outbox Outbox => office.GetRequiredService<Outbox>();

    /// <summary>From 0 to 1; always the same for the same.</summary>
    public static double Draw(int seed, int process, string what, int times)
    {
        // FNV-1a, then the last steps of SplitMix64, which spread it.
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}:{process}:{what}:{times}")))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return ((hash ^ (hash >> 31)) >> 11) / (double)(1UL << 53);
    }

    public static bool IsRefused(string address) => address.StartsWith("nobody", StringComparison.Ordinal);

    public void Note(string what)
    {
        notes.Enqueue(what);
        while (notes.Count > 60)
        {
            notes.TryDequeue(out _);
        }
    }

    public void Died(int process, string place)
    {
        Note($"process {process}: dies {place}");
        deaths.AddOrUpdate(place, 1, (_, before) => before + 1);
        Interlocked.Increment(ref died);
        Interrupted(Plan.Connections * Plan.Relays);
    }

    /// <summary>So many connections may have left a doubt.</summary>
    public void Interrupted(int connections) => ledger.Allow(connections);

    public Task<int> ClaimOfAsync(string messageId) =>
        Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().Where(row => row.MessageId == messageId).Select(row => row.Claims).SingleAsync());

    public Task<bool> IsInFlightAsync(string messageId, int claim) =>
        Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().AnyAsync(row => row.MessageId == messageId && row.Claims == claim && row.State == DeliveryState.InFlight));

    public Task<bool> IsAnyInFlightAsync(long senderId) =>
        Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().AnyAsync(row => row.SenderId == senderId));

    public void Complain(string what) => ledger.Complain(what);

    public void Take(OutgoingMail mail, int claim) => ledger.Take(mail.MessageId, claim);

    /// <summary>Lives until so many processes have died, then quietly to the end.</summary>
    /// <returns>What is wrong; empty where all is right.</returns>
    public async Task<string> RunAsync(int mostDeaths)
    {
        IReadOnlyList<string> wrong;
        try
        {
            for (var step = 0; step < MaximumSteps && Volatile.Read(ref died) < (Plan.Deadliness > Mild ? mostDeaths : mostDeaths / 10); step++)
            {
                await StepAsync();
            }

            IsQuiet = true;
            await EndAsync();
            wrong = await ledger.JudgeAsync(Database, mailings.Keys, processes.Select(process => process.Mistake));
        }
        catch (Exception mistake)
        {
            wrong = [mistake.ToString()];
        }

        return wrong.Count == 0 ? "" : string.Join('\n', ["", .. wrong, "The last that happened:", .. notes]);
    }

    public async ValueTask DisposeAsync() => await office.DisposeAsync();

    private async Task StepAsync()
    {
        processes.RemoveAll(process => process.IsDead && process.Mistake is null);
        // Who is frozen seems gone, and another is started in its place.
        if (processes.Count(process => !process.IsFrozen) < Plan.Processes)
        {
            var skew = Choose("skew", 20) switch { 0 => TimeSpan.FromHours(1), 1 => TimeSpan.FromHours(-1), _ => TimeSpan.Zero };
            processes.Add(new SimulatedProcess(this, ++started, now + skew));
        }

        Pass(Waits[Choose("wait", Waits.Length)]);
        await HappenAsync();
        var process = processes[Choose("process", processes.Count)];
        if (process.IsFrozen && Choose("thaw", 6) > 0)
        {
            process = processes.First(other => !other.IsFrozen);
        }

        if (!process.IsDead && await process.RunAsync() == ProcessState.Idle && process.IsStopping && !process.IsDead)
        {
            await process.ReleaseAsync();
        }
    }

    private void Pass(TimeSpan time)
    {
        now += time;
        foreach (var process in processes)
        {
            if (process.IsFrozen)
            {
                process.Missed += time;
            }
            else
            {
                process.Clock.Advance(time);
            }
        }
    }

    /// <summary>What other rooms and people do meanwhile.</summary>
    private async Task HappenAsync()
    {
        var open = await Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().CountAsync(row => row.FinishedAt == null));
        if (open < 4)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"edition{mailings.Count + 1}");
            var first = mailings.Count * 10;
            var recipients = Enumerable.Range(first + 1, 8).Select(number => Mailings.Recipient(key, number, Address(number))).ToList();
            mailings[key] = await Database.WriteAsync(connection => Outbox.AddAsync(connection, Mailings.Edition(key, recipients), default), default);
            ledger.Freeze(recipients.Select(recipient => recipient.MessageId));
            return;
        }

        switch (Choose("event", 40))
        {
            case 0 or 1 or 2:
                var person = ((mailings.Count - 1) * 10) + 1 + Choose("person", 8);
                await BarAsync(
                    "leaves",
                    row => row.RecipientKey == person.ToString(CultureInfo.InvariantCulture),
                    connection => Outbox.SuppressAsync(connection, person.ToString(CultureInfo.InvariantCulture), default));
                break;
            case 3 when mailings.Count > 0 && !ledger.IsWithdrawn(mailings.Last().Key):
                var (mailing, contents) = mailings.Last();
                ledger.Withdraw(mailing);
                await BarAsync("is withdrawn", row => row.MessageId.StartsWith(mailing + "."), connection => Outbox.WithdrawAsync(connection, contents[0], default));
                break;
            case 4:
                await SetStateAsync(MailingState.Paused);
                break;
            case >= 5 and < 20:
                await SetStateAsync(MailingState.Sending);
                break;
        }
    }

    private static string Address(int number) => (number % 10) switch
    {
        1 => $"nobody{number}@example.org",
        2 or 3 => $"reader{number}@limited.example",
        _ => $"reader{number}@example.org",
    };

    private Task BarAsync(string what, System.Linq.Expressions.Expression<Func<DeliveryRow, bool>> whom, Func<LinqToDB.Data.DataConnection, Task<int>> bar) => Database.WriteAsync(
        async connection =>
        {
            var rows = await connection.GetTable<DeliveryRow>().Where(whom).ToListAsync();
            ledger.Bar(rows, what);
            await bar(connection);
        },
        default);

    private Task SetStateAsync(MailingState state) => Database.WriteAsync(
        async connection =>
        {
            await connection.GetTable<MailingRow>().Set(row => row.State, state).UpdateAsync();
            ledger.Pause(state == MailingState.Paused ? await connection.GetTable<DeliveryRow>().ToListAsync() : []);
        },
        default);

    private async Task EndAsync()
    {
        await SetStateAsync(MailingState.Sending);
        foreach (var process in processes.Where(process => !process.IsDead))
        {
            // Who was frozen goes on, long after others took over.
            await process.RunAsync();
        }

        // One that lives goes on to the end where there is one: what it left behind it finds itself.
        if (processes.Find(process => !process.IsDead && !process.IsStopping) is not { } last)
        {
            processes.Add(last = new SimulatedProcess(this, ++started, now));
        }

        for (var round = 0; round < MaximumQuietRounds; round++)
        {
            await last.RunAsync();
            if (round > 3 && !await Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().AnyAsync(row => row.FinishedAt == null)))
            {
                return;
            }

            last.Clock.Advance(round < 4 ? TimeSpan.FromSeconds(16) : TimeSpan.FromMinutes(30));
        }
    }

    private int Choose(string what, int count) => (int)(Draw(Seed, 0, what, ++draws) * count);
}
