using Feeds.Storage;

namespace Feeds.Delivery.Tests;

/// <summary>A start that something comes amid of: the end of its database, or of itself.</summary>
public sealed class StartTests
{
    // While workers start, Quartz makes its tables; last of all, the link to set up the administration is stored.
    private const string AmidTheWorkers = "CREATE EVENT TRIGGER hindrance ON ddl_command_start EXECUTE FUNCTION hinder_command()";
    private const string AfterTheWorkers = "CREATE TRIGGER hindrance BEFORE INSERT OR UPDATE ON stored_value FOR EACH ROW WHEN (NEW.name = 'admin.setup') EXECUTE FUNCTION hinder_row()";

    [SkippableFact]
    public async Task A_database_that_goes_away_amid_the_start_is_named_with_the_mend_and_without_secrets()
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await using var edition = await PreparedEdition.CreateAsync(database.ConnectionString, 1);
        await HinderAsync(edition, AfterTheWorkers, "pg_terminate_backend(pg_backend_pid())");

        await using var site = edition.Serve(folder, ProgramProcess.FreePort(), 1, $"--Storage:ConnectionString={database.ConnectionString};Password=korrekt pferd");
        Assert.Equal(1, await site.Program.WaitForEndAsync());

        Assert.Contains("Storage:ConnectionString", site.Printed, StringComparison.Ordinal);
        Assert.Contains("See that it runs", site.Printed, StringComparison.Ordinal);
        AssertNoPanic(site);
        Assert.DoesNotContain("korrekt pferd", site.Printed, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(AmidTheWorkers)]
    [InlineData(AfterTheWorkers)]
    public async Task A_server_told_to_end_amid_its_start_ends_in_order_and_calls_nothing_a_failure(string moment)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await using var edition = await PreparedEdition.CreateAsync(database.ConnectionString, 1);
        await HinderAsync(edition, moment, PreparedEdition.WaitForBarrier);
        await using var site = await edition.BehindBarrierAsync(async () =>
        {
            var started = edition.Serve(folder, ProgramProcess.FreePort(), 1);
            await Eventually.TrueAsync(() => edition.IsAnyoneAtBarrierAsync(), () => started.Printed, TimeSpan.FromMinutes(3));
            await started.Program.SignalAsync("TERM");
            return started;
        });

        // Before it hears of signals, a signal ends it as it ends every program: 128 + SIGTERM.
        Assert.True(await site.Program.WaitForEndAsync() is 0 or 143);
        AssertNoPanic(site);
    }

    private static async Task HinderAsync(PreparedEdition edition, string moment, string with)
    {
        // Once: a number that is taken stays so when the transaction ends otherwise.
        var once = $"IF nextval('hindrances') = 1 THEN PERFORM {with}; END IF;";
        await edition.ExecuteAsync("CREATE SEQUENCE hindrances");
        await edition.ExecuteAsync($"CREATE FUNCTION hinder_command() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF current_query() ILIKE '%qrtz%' THEN {once} END IF; END $$");
        await edition.ExecuteAsync($"CREATE FUNCTION hinder_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {once} RETURN NEW; END $$");
        await edition.ExecuteAsync(moment);
    }

    private static void AssertNoPanic(Serving site)
    {
        Assert.DoesNotContain("   at ", site.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", site.Printed, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("failed to start", site.Printed, StringComparison.OrdinalIgnoreCase);
    }
}
