using System.Runtime.CompilerServices;
using Feeds.Storage;
using Xunit;

namespace Feeds.Testing;

/// <summary>An empty database of a provider, for one test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private PostgresServer? server;
    private bool isMigrated;

    private TestDatabase(DatabaseProvider provider) => Provider = provider;

    /// <summary>Which database it is.</summary>
    public DatabaseProvider Provider { get; }

    /// <summary>What to write into <c>Storage:ConnectionString</c>.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Makes one, or skips the test where the server is lacking (fails it where <c>CI=true</c>).</summary>
    public static async Task<TestDatabase> CreateAsync(DatabaseProvider provider)
    {
        var database = new TestDatabase(provider);
        if (provider == DatabaseProvider.Sqlite)
        {
            database.ConnectionString = $"Data Source={database.folder["feeds.db"]}";
        }
        else
        {
            Lacking.SkipOrFail(PostgresServer.Lacking);
            database.server = await PostgresServer.SharedAsync();
            database.ConnectionString = await database.server.NewDatabaseAsync();
        }

        return database;
    }

    /// <summary>
    /// What the program's migrations make of it, those of the services' rooms. An empty one is filled from where they ran for
    /// the same caller first.
    /// </summary>
    /// <param name="services">They have this database.</param>
    /// <param name="caller">One source file registers the same rooms each time.</param>
    public Task MigrateAsync(IServiceProvider services, [CallerFilePath] string caller = "")
    {
        var migrator = (DatabaseMigrator)services.GetService(typeof(DatabaseMigrator))!;
        var database = (Database)services.GetService(typeof(Database))!;
        var isEmpty = !isMigrated && !File.Exists(database.File);
        isMigrated = true;
        return isEmpty ? MigratedCopies.FillAsync(caller, database, () => migrator.MigrateAsync(default), server) : migrator.MigrateAsync(default);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        if (server is not null)
        {
            await server.DropDatabaseAsync(ConnectionString);
        }
    }
}

/// <summary>Parts of the machine that a test needs.</summary>
public static class Lacking
{
    /// <summary>Skips the test if something is lacking; with <c>CI=true</c> fails it instead.</summary>
    public static void SkipOrFail(string? lacking)
    {
        if (lacking is not null && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail($"Lacking here: {lacking}");
        }

        Skip.If(lacking is not null, $"Lacking here: {lacking}");
    }
}

/// <summary>A test that runs once on each database; it takes the <see cref="DatabaseProvider"/> as its first parameter.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DatabaseTheoryAttribute : SkippableTheoryAttribute
{
}

/// <summary>The rows of a <see cref="DatabaseTheoryAttribute"/>: both providers.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachDatabaseAttribute : Xunit.Sdk.DataAttribute
{
    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
        [[DatabaseProvider.Sqlite], [DatabaseProvider.PostgreSql]];
}
