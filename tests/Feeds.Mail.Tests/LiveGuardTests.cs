using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB.Data;
using Npgsql;

namespace Feeds.Mail.Tests;

/// <summary>Databases that may not know what went out already.</summary>
public sealed class LiveGuardTests
{
    [Fact]
    public async Task A_file_restored_from_a_backup_sends_nothing_until_it_is_confirmed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        string file;
        var unpooled = ("Storage:ConnectionString", $"{database.ConnectionString};Pooling=False");
        await using (var room = await SmtpRoom.OpenAsync(database, clock, server.Port, unpooled))
        {
            file = room.Database.File!;
            await room.AddAsync(Mailings.Edition("weekly", 3));
            await BackUpAsync(room, file + ".backup");
            await room.Loop.TickAsync(default);
            Assert.Equal(3, server.Ledger.Messages.Count);
        }

        Restore(file);
        await using var restored = await SmtpRoom.OpenAsync(database, clock, server.Port, unpooled);
        await restored.Loop.TickAsync(default);
        await restored.Loop.TickAsync(default);

        Assert.Equal(3, server.Ledger.Messages.Count);
        Assert.Equal(new DeliveryCounts(3, 0, 0, 0, 0, 0, 0), await restored.CountAsync("weekly"));
        Assert.Contains("restored from a backup", Assert.Single(restored.Log.Warnings), StringComparison.Ordinal);

        await restored.Get<LiveGuard>().ConfirmAsync(default);
        await restored.Loop.TickAsync(default);
        Assert.Equal(6, server.Ledger.Messages.Count);
    }

    [Fact]
    public async Task A_copy_in_another_place_sends_nothing_until_it_is_confirmed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var elsewhere = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using (var room = await SmtpRoom.OpenAsync(database, clock, server.Port))
        {
            await room.AddAsync(Mailings.Edition("weekly", 1));
            await room.Loop.TickAsync(default);
            await room.AddAsync(Mailings.Edition("daily", 2));
            await BackUpAsync(room, elsewhere.ConnectionString.Split('=')[1]);
        }

        await using var copy = await SmtpRoom.OpenAsync(elsewhere, clock, server.Port);
        await copy.Loop.TickAsync(default);

        Assert.Single(server.Ledger.Messages);
        Assert.Contains("copy", await copy.Get<LiveGuard>().FindTroubleAsync(default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_the_server_that_was_copied_sends_nothing_until_it_is_confirmed()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using (var room = await SmtpRoom.OpenAsync(database, clock, server.Port))
        {
            await room.AddAsync(Mailings.Edition("weekly", 1));
            await room.Loop.TickAsync(default);
            await room.AddAsync(Mailings.Edition("daily", 2));
        }

        var original = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var copied = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = original.Database + "_copy", Pooling = false };
        NpgsqlConnection.ClearAllPools();
        await using (var administration = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString))
        {
            await administration.OpenAsync();
            await using var copy = administration.CreateCommand();
            copy.CommandText = $"CREATE DATABASE \"{copied.Database}\" TEMPLATE \"{original.Database}\"";
            await copy.ExecuteNonQueryAsync();
        }

        await using var room2 = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Storage:ConnectionString", copied.ConnectionString));
        await room2.Loop.TickAsync(default);

        Assert.Single(server.Ledger.Messages);
        await room2.Get<LiveGuard>().ConfirmAsync(default);
        await room2.Loop.TickAsync(default);
        Assert.Equal(3, server.Ledger.Messages.Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Another_address_of_the_publication_sends_nothing_until_it_is_confirmed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        var clock = MailRoom.Clock();
        await using (var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Publication:BaseUrl", "https://one.example")))
        {
            await room.AddAsync(Mailings.Edition("weekly", 1));
            await room.Loop.TickAsync(default);
            await room.AddAsync(Mailings.Edition("daily", 1));
        }

        await using var moved = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Publication:BaseUrl", "https://two.example"));
        await moved.Loop.TickAsync(default);
        Assert.Single(server.Ledger.Messages);
        Assert.Contains("https://one.example", Assert.Single(moved.Log.Warnings), StringComparison.Ordinal);

        await using var back = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Publication:BaseUrl", "https://one.example"));
        await back.Loop.TickAsync(default);
        Assert.Equal(2, server.Ledger.Messages.Count);
    }

    private static async Task BackUpAsync(MailRoom room, string path)
    {
        await using var connection = room.Database.Open();
        await connection.ExecuteAsync($"VACUUM INTO '{path}'");
    }

    private static void Restore(string file)
    {
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Copy(file + ".backup", file, overwrite: true);
    }
}
