using System.Data;
using System.Data.Common;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Storage.Tests;

public sealed class DatabaseTests
{
    [DatabaseTheory, EachDatabase]
    public async Task A_question_asked_again_with_other_values_is_answered_for_these_also_while_the_first_is_being_read(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        var database = services.GetRequiredService<Database>();
        const string Question = "SELECT CAST(@value AS INTEGER) + 1 UNION ALL SELECT 0";

        for (var round = 0; round < 3; round++)
        {
            await database.ReadAsync(async connection =>
            {
                Assert.Equal([round + 1, 0], await connection.QueryToListAsync<int>(Question, new DataParameter("value", round, DataType.Int32)));
                await using var first = await connection.ExecuteReaderAsync(Question, CommandType.Text, CommandBehavior.Default, CancellationToken.None, new DataParameter("value", 10 * round, DataType.Int32));
                Assert.True(await first.Reader!.ReadAsync());
                if (provider == DatabaseProvider.Sqlite)
                {
                    Assert.Equal([100, 0], await connection.QueryToListAsync<int>(Question, new DataParameter("value", 99, DataType.Int32)));
                }

                Assert.Equal((10 * round) + 1, first.Reader.GetInt32(0));
                Assert.True(await first.Reader.ReadAsync());
                return 0;
            });
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_empty_database_is_migrated_and_migrating_again_changes_nothing(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        var migrator = services.GetRequiredService<DatabaseMigrator>();

        await migrator.MigrateAsync(default);
        await migrator.MigrateAsync(default);

        var values = services.GetRequiredService<StoredValues>();
        await values.SetAsync("greeting", [1, 2, 3], default);
        Assert.Equal([1, 2, 3], await values.FindAsync("greeting", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_processes_may_migrate_at_the_same_moment(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var one = Services(test.ConnectionString);
        await using var other = Services(test.ConnectionString);

        await Task.WhenAll(
            Task.Run(() => one.GetRequiredService<DatabaseMigrator>().MigrateAsync(default)),
            Task.Run(() => other.GetRequiredService<DatabaseMigrator>().MigrateAsync(default)));

        Assert.Null(await other.GetRequiredService<StoredValues>().FindAsync("nothing", default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_key_is_made_once_however_many_ask_for_it(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        var values = services.GetRequiredService<StoredValues>();

        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => values.KeyAsync("links", 32, default))));

        Assert.Equal(32, keys[0].Length);
        Assert.All(keys, key => Assert.Equal(keys[0], key));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_instant_comes_back_as_it_was_stored_and_compares_in_queries(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        var database = services.GetRequiredService<Database>();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        var instant = new DateTimeOffset(2026, 3, 29, 2, 30, 0, 123, TimeSpan.FromHours(2));

        await using var connection = database.Open();
        await connection.ExecuteAsync("CREATE TABLE moment (at bigint NOT NULL, later bigint)");
        await connection.InsertAsync(new Moment { At = instant });

        var found = await connection.GetTable<Moment>().SingleAsync(row => row.At <= instant && row.At > instant.AddMilliseconds(-1) && row.Later == null);
        Assert.Equal(instant, found.At);
        Assert.Equal(TimeSpan.Zero, found.At.Offset);
        Assert.Equal(1, await connection.GetTable<Moment>().Where(row => row.At == instant).Set(row => row.Later, instant.AddDays(1)).UpdateAsync());
        Assert.Equal(instant.AddDays(1), (await connection.GetTable<Moment>().SingleAsync()).Later);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_write_that_fails_leaves_nothing_behind(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        var database = services.GetRequiredService<Database>();
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);

        var refused = await Assert.ThrowsAnyAsync<DbException>(() => database.WriteAsync(
            async connection =>
            {
                await connection.ExecuteAsync("INSERT INTO stored_value (name, value) VALUES ('a', '')");
                await connection.ExecuteAsync("INSERT INTO stored_value (name, value) VALUES ('a', '')");
            },
            default));

        Assert.True(Database.IsDuplicateKey(refused));
        Assert.Null(await services.GetRequiredService<StoredValues>().FindAsync("a", default));
    }

    [Fact]
    public async Task A_new_SQLite_file_is_for_its_owner_alone()
    {
        using var folder = new TestFolder();
        await using var services = Services($"Data Source={folder["data/feeds.db"]}");
        await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        await services.GetRequiredService<StoredValues>().SetAsync("secret", [1], default);

        Assert.All(
            Directory.GetFiles(folder["data"]),
            file => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite), file));
    }

    [Fact]
    public async Task A_database_that_may_only_be_read_stops_the_start_with_its_mend()
    {
        using var folder = new TestFolder();
        await using (var writing = Services($"Data Source={folder["feeds.db"]}"))
        {
            await writing.GetRequiredService<DatabaseMigrator>().MigrateAsync(default);
        }

        await using var reading = Services($"Data Source={folder["feeds.db"]};Mode=ReadOnly");
        var refused = await Assert.ThrowsAsync<StorageException>(() => reading.GetRequiredService<DatabaseMigrator>().MigrateAsync(default));

        Assert.Contains("readonly", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString", refused.Message, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_database_of_a_newer_program_is_left_alone(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider);
        await using var services = Services(test.ConnectionString);
        var migrator = services.GetRequiredService<DatabaseMigrator>();
        await migrator.MigrateAsync(default);
        await using (var connection = services.GetRequiredService<Database>().Open())
        {
            await connection.ExecuteAsync("INSERT INTO \"VersionInfo\" (\"Version\") VALUES (2999010101)");
        }

        var refused = await Assert.ThrowsAsync<StorageException>(() => migrator.MigrateAsync(default));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_with_its_mend()
    {
        using var folder = new TestFolder();
        folder.Write("taken", "a file where the folder should be");
        await using var services = Services($"Data Source={folder["taken/feeds.db"]}");

        var refused = await Assert.ThrowsAsync<StorageException>(() => services.GetRequiredService<DatabaseMigrator>().MigrateAsync(default));

        Assert.Contains("taken/feeds.db", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:ConnectionString", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data/feeds.db")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Provider=Oracle;User=x")]
    [InlineData("Host=localhost;Pasword=hush")]
    public async Task A_connection_string_of_no_known_database_is_refused_by_its_key_without_its_secrets(string connectionString)
    {
        await using var services = Services(connectionString);

        var refused = Assert.Throws<StorageException>(services.GetRequiredService<Database>);

        Assert.Contains("Storage:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", refused.ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Services(string connectionString) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Storage:ConnectionString", connectionString)]).Build())
            .AddStorage()
            .BuildServiceProvider();

    [Table("moment")]
    private sealed class Moment
    {
        [Column("at")]
        public DateTimeOffset At { get; set; }

        [Column("later")]
        public DateTimeOffset? Later { get; set; }
    }
}
