using System.Globalization;
using System.Text.Json;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Host.Tests;

/// <summary>However the process dies: nobody is forgotten, and whoever may have been written to twice is named.</summary>
public sealed class KillTests
{
    private const int Kills = 20;
    private const int Connections = 3;
    private const int Subscribers = 900;

    [DatabaseTheory, EachDatabase]
    public async Task Twenty_kills_while_sending_lose_nobody_and_name_each_possible_duplicate(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        using var database = await TestDatabase.CreateAsync(provider);
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(15) }, folder["ledger"]);
        await Audience.MakeAsync(folder, database.ConnectionString, Subscribers);
        string[] run =
        [
            "edition", "run", "weekly", "--slot", "2026-11-23T08:00:00+01:00", "--Storage:ConnectionString", database.ConnectionString,
            "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None",
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"),
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Connections={Connections}"),
        ];

        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var program = ProgramProcess.Start(folder.Path, run);
            var before = relay.Ledger.Messages.Count;
            var wanted = Math.Min(before + 1 + (kill % 7), Subscribers - Kills + kill - 1);
            await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= wanted || program.HasEnded, () => $"kill {kill}: {program.Printed}");
            Assert.False(program.HasEnded, $"It ended before it was killed: {program.Printed}");
            program.Kill();
            await program.WaitForEndAsync();
        }

        await using var last = ProgramProcess.Start(folder.Path, run);
        Assert.Equal(0, await last.WaitForEndAsync());

        var received = relay.Ledger.Recipients.GroupBy(to => to, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var twice = received.Where(one => one.Value > 1).Select(one => one.Key).ToList();
        var named = await Audience.PossiblyTwiceAsync(database);
        Assert.Equal(Subscribers, received.Count);
        Assert.True(twice.Count <= Kills * Connections, $"{twice.Count} were written to twice");
        Assert.Empty(twice.Except(named, StringComparer.Ordinal));
        Assert.True(named.Count <= Kills * Connections, $"{named.Count} are named");

        var (_, listed, _) = await ProgramProcess.RunAsync(folder.Path, "edition", "list", "--json", "--Storage:ConnectionString", database.ConnectionString);
        var counts = JsonDocument.Parse(listed).RootElement.EnumerateArray().Single().GetProperty("counts").EnumerateObject().Select(state => state.Value.GetInt32());
        Assert.Equal(Subscribers, counts.Sum());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_terminated_process_finishes_what_is_in_flight_and_leaves_nothing_uncertain(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        using var database = await TestDatabase.CreateAsync(provider);
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(50) });
        await Audience.MakeAsync(folder, database.ConnectionString, 60);
        string[] run =
        [
            "edition", "run", "weekly", "--slot", "2026-11-23T08:00:00+01:00", "--Storage:ConnectionString", database.ConnectionString,
            "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:Smtp:Host=localhost", "--Mail:Smtp:Security=None",
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"),
        ];

        await using var program = ProgramProcess.Start(folder.Path, run);
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= 5, () => program.Printed);
        Assert.Equal(1, await program.TerminateAsync());
        Assert.InRange(relay.Ledger.Messages.Count, 5, 59);
        await using var again = ProgramProcess.Start(folder.Path, run);
        Assert.Equal(0, await again.WaitForEndAsync());

        Assert.Equal(60, relay.Ledger.Recipients.Count);
        Assert.Equal(60, relay.Ledger.Recipients.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(await Audience.PossiblyTwiceAsync(database));
    }
}
