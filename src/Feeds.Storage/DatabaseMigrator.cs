using System.Data.Common;
using FluentMigrator;
using FluentMigrator.Infrastructure;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Storage;

/// <summary>Makes the database and brings its tables to the program's version. Safe to run from several processes at once.</summary>
public sealed class DatabaseMigrator
{
    // Any number does that nobody else locks in this database.
    private const long AdvisoryLock = 0x46656564734d6967;

    // Below it, a WAL reset can lose committed transactions (https://sqlite.org/wal.html, mended in 3.51.3).
    private static readonly Version OldestSqlite = new(3, 51, 3);

    private readonly Database database;
    private readonly IEnumerable<MigrationAssembly> rooms;
    private readonly TimeProvider clock;

    internal DatabaseMigrator(Database database, IEnumerable<MigrationAssembly> rooms, TimeProvider clock)
    {
        this.database = database;
        this.rooms = rooms;
        this.clock = clock;
    }

    /// <summary>Applies what is lacking; nothing when all is applied.</summary>
    /// <exception cref="StorageException">
    /// The database can't be reached or written, or was made by a newer version of the program.
    /// </exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (database.File is { } file)
            {
                await MigrateFileAsync(file, cancellationToken);
            }
            else
            {
                await using var connection = database.Open();
                await connection.ExecuteAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
                try
                {
                    Migrate();
                }
                finally
                {
                    await connection.ExecuteAsync($"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
                }
            }
        }
        catch (Exception refused) when (refused is DbException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The database {database.Description} can't be used: {refused.Message.TrimEnd('.')}. {Mend()}.", refused);
        }
    }

    /// <summary>The version of the database engine in use, as it says itself.</summary>
    public async Task<string> EngineVersionAsync()
    {
        await using var connection = database.Open();
        return await connection.ExecuteAsync<string>(
            database.Provider == DatabaseProvider.Sqlite ? "SELECT sqlite_version()" : "SHOW server_version");
    }

    private async Task MigrateFileAsync(string file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var turn = await WaitForTurnAsync(file + ".migrating", cancellationToken);
        CreateForThisUserOnly(file);
        var version = await EngineVersionAsync();
        if (Version.Parse(version) < OldestSqlite)
        {
            throw new StorageException($"SQLite {version} can lose committed data; {OldestSqlite} or later is needed. Restore the packages of this program as they are pinned.");
        }

        // A read-only file lets itself be opened and read, and would only fail with the first mail.
        await database.WriteAsync(connection => connection.ExecuteAsync("PRAGMA user_version = 1", cancellationToken), cancellationToken);
        Migrate();
    }

    // Addresses and signing keys are in it; SQLite gives its other files the rights of this one.
    private static void CreateForThisUserOnly(string file)
    {
        if (!File.Exists(file) && !OperatingSystem.IsWindows())
        {
            using var created = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }

    private async Task<FileStream> WaitForTurnAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
            }
        }
    }

    private void Migrate()
    {
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(runner => _ = database.Provider == DatabaseProvider.Sqlite ? runner.AddSQLite() : runner.AddPostgres15_0())
            .Configure<RunnerOptions>(options => options.AllowBreakingChange = false)
            .ConfigureRunner(runner => runner.WithGlobalConnectionString(database.ConnectionString))
            .AddSingleton<IFilteringMigrationSource>(new RoomMigrations(rooms))
            .BuildServiceProvider(validateScopes: false);
        using var scope = services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();
        var known = runner.MigrationLoader.LoadMigrations().Keys;
        var applied = scope.ServiceProvider.GetRequiredService<IVersionLoader>().VersionInfo.AppliedMigrations();
        if (applied.Except(known).ToList() is [var newer, ..])
        {
            throw new StorageException($"The database {database.Description} was made by a newer version of the program (it has migration {newer}). Start that version, or restore a backup made before the update.");
        }

        runner.MigrateUp();
    }

    private string Mend() => database.Provider == DatabaseProvider.Sqlite
        ? "See that the folder exists, that the disk has room and that this user may write there, or set Storage:ConnectionString to another file"
        : "See that the server runs, that the database exists and that this user may create tables in it";

    private sealed class RoomMigrations(IEnumerable<MigrationAssembly> rooms) : IFilteringMigrationSource
    {
        public IEnumerable<IMigration> GetMigrations(Func<Type, bool> predicate) =>
            from room in rooms
            from type in room.Assembly.GetTypes()
            where type.IsDefined(typeof(MigrationAttribute), inherit: false) && predicate(type)
            select (IMigration)Activator.CreateInstance(type, nonPublic: true)!;
    }
}
