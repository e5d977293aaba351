using System.Globalization;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using Xunit.Abstractions;

namespace Feeds.Delivery.Tests;

/// <summary>
/// However often the process dies: nobody is forgotten, and whoever may have been written to twice is named. FEEDS_KILL_ROUNDS
/// makes it more kills than 25 on each database, FEEDS_KILL_SEED chooses their moments.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int RoundsOfAnEdition = 25;
    private const int Connections = 3;
    private const int Audience = 1200;

    // They are held back until the last run, so that no other can come to the end.
    private const int Reserve = (RoundsOfAnEdition + 10) * Connections;

    [DatabaseTheory, EachDatabase, Fault("kill -9 anywhere")]
    public async Task Kills_at_random_moments_lose_nobody_and_name_each_possible_duplicate(DatabaseProvider provider)
    {
        var rounds = Setting("FEEDS_KILL_ROUNDS") ?? RoundsOfAnEdition;
        var seed = Setting("FEEDS_KILL_SEED") ?? Random.Shared.Next();
        for (var done = 0; done < rounds; done += RoundsOfAnEdition, seed++)
        {
            await KillAsync(provider, Math.Min(RoundsOfAnEdition, rounds - done), seed);
        }
    }

    private async Task KillAsync(DatabaseProvider provider, int rounds, int seed)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        var lastRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        await using var relay = ScriptedSmtpServer.Start(
            new SmtpScript
            {
                Delay = TimeSpan.FromMilliseconds(15),
                BeforeAnswer = _ => lastRun.Task.IsCompleted ? Task.CompletedTask
                    : Interlocked.Increment(ref taken) < Audience - Reserve ? Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System)
                    : lastRun.Task,
            },
            folder["ledger"]);
        await using var edition = await PreparedEdition.CreateAsync(database.ConnectionString, Audience);
        var run = edition.Run(relay.Port, Connections);

        for (var round = 1; round <= rounds; round++)
        {
            await using var program = ProgramProcess.Start(folder.Path, run);
            var (connections, messages) = (relay.Connections, Volatile.Read(ref taken));
            var moment = TimeSpan.FromMilliseconds(random.Next(300, 2500));
            if (random.Next(4) is > 0 and var choice)
            {
                // While it opens its connections, or while it sends; otherwise wherever it is by then, starting or making the edition.
                await Eventually.TrueAsync(() => (choice == 1 ? relay.Connections > connections : Volatile.Read(ref taken) > messages) || program.HasEnded, () => $"it sends\n{program.Printed}", TimeSpan.FromMinutes(2));
                moment = TimeSpan.FromMilliseconds(random.Next(600));
            }

            await Task.Delay(moment, TimeProvider.System);
            Assert.False(program.HasEnded, $"{provider}, seed {seed}, round {round}: it ended before it was killed: {program.Printed}");
            program.Kill();
            await program.WaitForEndAsync();
        }

        var left = await edition.InFlightAsync();
        lastRun.SetResult();
        await using var last = ProgramProcess.Start(folder.Path, run);
        Assert.Equal(0, await last.WaitForEndAsync(TimeSpan.FromMinutes(3)));

        var context = string.Create(CultureInfo.InvariantCulture, $"{provider}, seed {seed}, {rounds} kills");
        var twice = await edition.AssertLedgersAgreeAsync(relay, context);
        var named = (await edition.NamedAsync()).Count;
        output.WriteLine($"{context}: {left.Count} of them with mails in flight, {named} named, {twice} of these written to twice, nobody lost.");
        Assert.All(left, inFlight => Assert.InRange(inFlight, 1, Connections));
        // Otherwise nothing was tested.
        Assert.True(left.Count >= rounds / 5, $"{context}: only {left.Count} of the killed had a mail in flight");
        Assert.InRange(named, left.Count, rounds * Connections);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
