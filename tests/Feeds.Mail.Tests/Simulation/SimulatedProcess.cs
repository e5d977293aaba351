using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OptionsOf = Microsoft.Extensions.Options.Options;

namespace Feeds.Mail.Tests.Simulation;

/// <summary>Where a simulated process is when it gives way.</summary>
internal enum ProcessState
{
    Idle,
    Frozen,
    Dead,
}

/// <summary>
/// The room as one process has it, between faults. What happens at a point depends on the seed, the process's number, the
/// point's name and how often that was passed, not on which thread came first.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Who is killed cleans nothing up.")]
internal sealed class SimulatedProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Rarely = ["SELECT", "BEGIN", "sender", "stored_value", "connecting", "QUIT"];
    private readonly SimulatedWorld world;
    private readonly int number;
    private readonly ConcurrentDictionary<string, int> passed = new(StringComparer.Ordinal);
    private readonly List<SimulatedConnection> connections = [];
    private readonly TaskCompletionSource died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly ServiceProvider services;
    private TaskCompletionSource frozen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? thaw;
    private Task? tick;
    private int dead;

    public SimulatedProcess(SimulatedWorld world, int number, DateTimeOffset wall)
    {
        (this.world, this.number) = (world, number);
        Clock = new HurriedClock(wall);
        var relays = Enumerable.Range(1, world.Plan.Relays)
            .Select(relay => new Relay(new SimulatedCarrier(this, world, $"relay{relay}"), world.Plan.Limits, weight: 1, new CarrierHealth(Clock, NullLogger<CarrierHealth>.Instance)))
            .ToList();
        services = Services(world, Clock, new Relays(relays), connection => Keep(new SimulatedConnection(connection, this)));
    }

    public HurriedClock Clock { get; }

    public bool IsDead => Volatile.Read(ref dead) != 0;

    public bool IsFrozen => thaw is not null;

    public bool IsStopping => stop.IsCancellationRequested;

    /// <summary>What time went by while it was frozen.</summary>
    public TimeSpan Missed { get; set; }

    public TimeSpan MissedInAll { get; private set; }

    /// <summary>A mistake of the program's: what it promises never to throw.</summary>
    public Exception? Mistake { get; private set; }

    public static ServiceProvider Services(SimulatedWorld world, TimeProvider clock, Relays relays, Func<DbConnection, DbConnection> around) => new ServiceCollection()
        .AddSingleton(clock)
        .AddLogging()
        .AddStorage()
        .AddMail(_ => "https://example.org")
        .AddSingleton(new Database(OptionsOf.Create(new StorageOptions { ConnectionString = world.ConnectionString }), clock, around))
        .AddSingleton(relays)
        .AddSingleton(world.Options)
        .BuildServiceProvider();

    /// <summary>Ticks, or goes on with the tick that it was frozen in, until it is done, frozen or dead.</summary>
    public async Task<ProcessState> RunAsync()
    {
        if (thaw is { } held)
        {
            (thaw, frozen) = (null, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Clock.Advance(Missed);
            MissedInAll += Missed;
            Missed = TimeSpan.Zero;
            held.SetResult();
        }
        else
        {
            tick = Task.Run(TickAsync);
        }

        await Task.WhenAny(tick!, died.Task, frozen.Task).WaitAsync(Patience, TimeProvider.System);
        if (IsDead)
        {
            await died.Task.WaitAsync(Patience, TimeProvider.System);
            return ProcessState.Dead;
        }

        return tick!.IsCompleted ? ProcessState.Idle : ProcessState.Frozen;
    }

    /// <summary>A point: the process may die here, be stopped for longer than its lease, be asked to end, or find its clock moved.</summary>
    public async Task PassAsync(string place, bool mayFreeze)
    {
        await HangIfDeadAsync();
        if (world.IsQuiet)
        {
            return;
        }

        if (Happens(place, world.Plan.Deadliness * Weight(place)))
        {
            Die(place);
            await HangIfDeadAsync();
        }

        if (Happens("clock " + place, 0.003))
        {
            var jump = TimeSpan.FromHours(Happens("clock back", 0.5) ? -1 : 1);
            world.Note($"process {number}: its clock jumps by {jump} {place}");
            Clock.Jump(jump);
        }

        if (Happens("stop " + place, 0.002))
        {
            world.Note($"process {number}: is asked to end {place}");
            await stop.CancelAsync();
        }

        if (mayFreeze && world.Plan.Connections == 1 && Happens("freeze " + place, 0.03))
        {
            world.Note($"process {number}: is frozen {place}");
            world.Interrupted(1);
            var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            thaw = goOn;
            frozen.SetResult();
            await goOn.Task;
            world.Note($"process {number}: goes on {place}");
        }
    }

    /// <summary>Whether something happens now, with that probability.</summary>
    public bool Happens(string what, double probability)
    {
        if (world.IsQuiet)
        {
            return false;
        }

        var times = passed.AddOrUpdate(what, 1, (_, before) => before + 1);
        return SimulatedWorld.Draw(world.Seed, number, what, times) < probability;
    }

    public void FailPerhaps(DbConnection connection, string what)
    {
        if (Happens("busy " + what, 0.004))
        {
            world.Note($"process {number}: the database is busy at {what}");
            throw connection is NpgsqlConnection
                ? new PostgresException("could not serialize access", "ERROR", "ERROR", PostgresErrorCodes.SerializationFailure)
                : SqliteRefusal(connection, "database is locked", 5);
        }

        if (Happens("lost " + what, 0.006))
        {
            throw ConnectionLost(connection, what);
        }
    }

    public DbException ConnectionLost(DbConnection connection, string what)
    {
        world.Note($"process {number}: the database doesn't answer {what}");
        return connection is NpgsqlConnection ? new NpgsqlException("Exception while reading from stream", new IOException()) : SqliteRefusal(connection, "disk I/O error", 10);
    }

    public void Forget(SimulatedConnection connection)
    {
        lock (connections)
        {
            connections.Remove(connection);
        }
    }

    /// <summary>What a dead process waits for never comes.</summary>
    public Task HangIfDeadAsync() => IsDead ? new TaskCompletionSource().Task : Task.CompletedTask;

    /// <summary>Ends in order, as a stopped host does after its last tick.</summary>
    public async Task ReleaseAsync()
    {
        try
        {
            await Task.WhenAny(Task.Run(services.GetRequiredService<DeliveryLoop>().ReleaseAsync), died.Task).WaitAsync(Patience, TimeProvider.System);
        }
        finally
        {
            End();
            await died.Task;
        }
    }

    private void Die(string place)
    {
        if (End())
        {
            world.Died(number, place);
        }
    }

    /// <summary>Reading can't be torn, and who always dies while beginning never gets to what can.</summary>
    private static double Weight(string place) =>
        Rarely.Any(part => place.Contains(part, StringComparison.Ordinal)) ? 0.2
        : place.Contains("final dot", StringComparison.Ordinal) || place.Contains("reply", StringComparison.Ordinal) ? 5
        : 3;

    private bool End()
    {
        if (Interlocked.Exchange(ref dead, 1) != 0)
        {
            return false;
        }

        _ = Task.Run(CutOffAsync);
        return true;
    }

    private async Task CutOffAsync()
    {
        SimulatedConnection[] open;
        lock (connections)
        {
            open = [.. connections];
        }

        await Task.WhenAll(open.Select(connection => connection.CutOffAsync()));
        died.SetResult();
    }

    private SimulatedConnection Keep(SimulatedConnection connection)
    {
        lock (connections)
        {
            connections.Add(connection);
        }

        return connection;
    }

    private async Task TickAsync()
    {
        try
        {
            await services.GetRequiredService<DeliveryLoop>().TickAsync(stop.Token);
            var sender = services.GetRequiredService<SenderLease>().Id;
            if (sender != 0 && await world.IsAnyInFlightAsync(sender))
            {
                await HangIfDeadAsync();
                world.Complain($"Process {number} has nothing under way after a tick that went well, and the ledger says that it has.");
            }
        }
        catch (DbException refused)
        {
            world.Note($"process {number}: the tick ends with {refused.Message}");
        }
        catch (Exception mistake)
        {
            Mistake = mistake;
        }
    }

    // Named in one project only, so it is found where its own connection would find it.
    private static DbException SqliteRefusal(DbConnection connection, string message, int code)
    {
        using var command = connection.CreateCommand();
        return (DbException)Activator.CreateInstance(command.CreateParameter().GetType().Assembly.GetType("Microsoft.Data.Sqlite.SqliteException")!, message, code)!;
    }
}
