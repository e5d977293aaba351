using Feeds.Host.Commands;
using Feeds.Storage;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests;

/// <summary>What an operator sees and does of what is being sent.</summary>
public sealed class DeliveryCommandTests
{
    private const string Slot = "2026-11-30T08:00:00+01:00";

    [Fact]
    public async Task An_edition_is_stopped_and_looked_at_from_the_shell_which_misses_a_deleted_delivery()
    {
        using var folder = new TestFolder();
        folder.Write("articles/one.md", "---\ntitle: One\nslug: one\ndate: 2026-10-01T12:00:00+02:00\nauthor: A\n---\n\nText.\n");
        await ProgramProcess.RunAsync(folder.Path, "import", folder["articles"]);
        await ProgramProcess.RunAsync(folder.Path, "subscriber", "add", "anna@example.net", "--cadence", "weekly", "--confirmed");
        await ProgramProcess.RunAsync(folder.Path, "edition", "run", "weekly", "--slot", Slot);

        var status = await ProgramProcess.RunAsync(folder.Path, "delivery", "status", "weekly", "--slot", Slot);
        var held = await ProgramProcess.RunAsync(folder.Path, "delivery", "hold", "weekly", "--slot", Slot, "--reason", "a wrong link");
        var all = await ProgramProcess.RunAsync(folder.Path, "delivery", "status");
        var cancelled = await ProgramProcess.RunAsync(folder.Path, "delivery", "cancel", "weekly", "--slot", Slot);
        var resumed = await ProgramProcess.RunAsync(folder.Path, "delivery", "resume", "weekly", "--slot", Slot);
        var nothing = await ProgramProcess.RunAsync(folder.Path, "delivery", "retry", "weekly", "--slot", Slot);
        await using (var services = CommandServices.Create([$"--Storage:ConnectionString=Data Source={folder["data/feeds.db"]}"]))
        {
            await using var connection = services.GetRequiredService<Database>().Open();
            Assert.Equal(2, await connection.ExecuteAsync("DELETE FROM attempt") + await connection.ExecuteAsync("DELETE FROM delivery"));
        }

        var wrong = await ProgramProcess.RunAsync(folder.Path, "delivery", "status", "weekly", "--slot", Slot);
        var (_, list, _) = await ProgramProcess.RunAsync(folder.Path, "edition", "list");

        Assert.Equal((0, 0, 0, 0, 1, 2), (status.ExitCode, held.ExitCode, all.ExitCode, cancelled.ExitCode, resumed.ExitCode, nothing.ExitCode));
        Assert.Contains("the states sum to the audience", status.Output, StringComparison.Ordinal);
        Assert.Contains("weekly: paused; out already: 1 accepted, 0 in flight, 0 uncertain; open: 0", held.Output, StringComparison.Ordinal);
        Assert.Contains("a wrong link", all.Output, StringComparison.Ordinal);
        Assert.Contains("cancelled, for good", resumed.Errors, StringComparison.Ordinal);
        Assert.Contains("--failed", nothing.Errors, StringComparison.Ordinal);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("1 were frozen, but the states sum to 0", wrong.Errors, StringComparison.Ordinal);
        Assert.Matches(@"weekly\s+2026-11-30 07:00:00Z\s+cancelled", list);
    }
}
