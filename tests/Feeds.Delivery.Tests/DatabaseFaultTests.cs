using System.Net;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Delivery.Tests;

/// <summary>A database that dies, is cut off, locked or out of space while mails go out.</summary>
public sealed class DatabaseFaultTests
{
    private const int Audience = 200;
    private const int Connections = 3;

    // Each reads from the database; together they take longer than a message.
    private const int Looks = 100;

    /// <summary>
    /// A SQLite file has no server that could restart without the program: what it can do amid a transaction is fail, which
    /// Feeds.Mail.Tests shows on both, or end with the process, which <see cref="KillTests"/> do.
    /// </summary>
    [SkippableFact, Fault("DB restart mid-transaction; lost COMMIT reply")]
    public async Task A_database_server_that_crashes_and_drops_connections_amid_transactions_costs_nobody_a_mail_and_doubles_none()
    {
        Lacking.SkipOrFail(PostgresServer.Lacking);
        using var folder = new TestFolder();
        using var server = await PostgresServer.StartAsync();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(40) });
        await using var prepared = await PreparedEdition.CreateAsync(await server.NewDatabaseAsync(), Audience);
        var edition = await prepared.FreezeAsync();
        await using var site = edition.Serve(folder, relay.Port, Connections);
        await site.StartedAsync();

        foreach (var sent in new[] { 20, 50, 80 })
        {
            await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= sent, () => $"{sent} are sent\n{site.Printed}", TimeSpan.FromMinutes(1));
            await server.CrashAndRestartAsync();
            await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= sent + 10, () => $"it goes on after the crash\n{site.Printed}", TimeSpan.FromMinutes(1));
            await server.DropConnectionsAsync();
        }

        await edition.DoneAsync(() => site.Printed);
        // No process died, so nothing is in doubt either.
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync(relay, site.Printed));
        Assert.Empty(await edition.NamedAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("Disk full")]
    public async Task A_full_disk_stops_the_sending_before_a_message_is_begun_and_space_resumes_it(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        using var disk = SmallDisk.Mount(provider == DatabaseProvider.Sqlite ? 8 : 40);
        // A server that can't write one database's pages drops no other's, which is how tests end.
        using var server = provider == DatabaseProvider.PostgreSql ? await PostgresServer.StartAsync() : null;
        var connectionString = server is null ? $"Data Source={disk.Path}/feeds.db" : await server.NewDatabaseAsync(disk.Path);
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(20) });
        await using var prepared = await PreparedEdition.CreateAsync(connectionString, Audience);
        var edition = await prepared.FreezeAsync();
        await using var site = edition.Serve(folder, relay.Port, Connections);
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= 10, () => site.Printed, TimeSpan.FromMinutes(1));

        disk.Fill();
        await Eventually.TrueAsync(() => site.Printed.Contains("[3004]", StringComparison.Ordinal), () => $"it says so\n{site.Printed}", TimeSpan.FromMinutes(1));
        // A few changes may still find room in what the tables have already; then nothing is begun any more, however often it is tried.
        var (data, told) = (-1, 0);
        await Eventually.TrueAsync(
            () =>
            {
                if (relay.Commands.Count(command => command is "DATA") is var begun && begun != data)
                {
                    (data, told) = (begun, Count(site.Printed, "[3004]"));
                }

                return Count(site.Printed, "[3004]") >= told + 3;
            },
            () => $"it tries again and again and begins nothing\n{site.Printed}",
            TimeSpan.FromMinutes(1));
        Assert.Equal(data, relay.Ledger.Messages.Count);
        Assert.True(data < Audience, "the disk was full before the end");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await site.AskAsync("/health/ready"));

        disk.Empty();
        await edition.DoneAsync(() => site.Printed);
        await Eventually.TrueAsync(async () => await site.AskAsync("/health/ready") is HttpStatusCode.OK, () => $"it is ready again\n{site.Printed}");
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync(relay, site.Printed));
        Assert.Empty(await edition.NamedAsync());
    }

    [DatabaseTheory, EachDatabase, Fault("SQLITE_BUSY")]
    public async Task A_file_or_table_that_another_process_has_locked_is_waited_for_and_nothing_is_sent_without_a_claim(DatabaseProvider provider)
    {
        using var folder = new TestFolder();
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { Delay = TimeSpan.FromMilliseconds(20) });
        await using var prepared = await PreparedEdition.CreateAsync(database.ConnectionString, Audience);
        var edition = await prepared.FreezeAsync();
        await using var site = edition.Serve(folder, relay.Port, Connections);

        foreach (var sent in new[] { 20, 60 })
        {
            await Eventually.TrueAsync(() => relay.Ledger.Messages.Count >= sent, () => $"{sent} are sent\n{site.Printed}", TimeSpan.FromMinutes(1));
            await edition.LockWhileAsync(async () =>
            {
                // Each connection finishes what it had claimed before; then all stand still, while whoever reads is answered as ever.
                var claimed = await edition.ClaimedAsync();
                await Eventually.TrueAsync(() => claimed.SetEquals(relay.Ledger.Recipients), () => $"what is claimed is sent\n{site.Printed}");
                for (var look = 0; look < Looks; look++)
                {
                    Assert.Equal(HttpStatusCode.OK, await site.AskAsync("/health/ready"));
                }

                Assert.Equal(claimed.Count, relay.Commands.Count(command => command.StartsWith("MAIL", StringComparison.Ordinal)));
            });
        }

        await edition.DoneAsync(() => site.Printed);
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync(relay, site.Printed));
        Assert.Empty(await edition.NamedAsync());
        Assert.DoesNotContain("[3004]", site.Printed, StringComparison.Ordinal);
    }

    private static int Count(string printed, string what) => printed.Split(what).Length - 1;
}
