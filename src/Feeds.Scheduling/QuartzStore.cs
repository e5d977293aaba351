using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Impl.AdoJobStore;
using Quartz.Impl.AdoJobStore.Common;

namespace Feeds.Scheduling;

/// <summary>
/// Quartz with its tables (<c>qrtz_…</c>) in the program's database; which database that is, is read when it starts. Quartz
/// makes its tables itself where they lack but never changes them: an update of Quartz that wants them otherwise needs a
/// migration of ours.
/// </summary>
internal static class QuartzStore
{
    private const int MostRuns = 4;

    // Quartz waits in real time at most so long before it looks at the clock again; so long can a step of the clock delay a slot.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddQuartzStore(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "feeds";
                options.GenerateInstanceId = true;
                options.IdleWaitTime = Wait;
            });
            quartz.UseDefaultThreadPool(MostRuns);
            quartz.UsePersistentStore(store =>
            {
                store.UseConnectionProvider(provider => Connections(provider.GetRequiredService<Database>()));
                store.UseDriverDelegate(provider => Dialect(provider.GetRequiredService<Database>(), provider));
                store.ProvisionSchema();
            });
            quartz.AddJob<EditionJob>(job => job.WithIdentity(EditionJob.Key).StoreDurably());
        });
        services.AddOptions<ClusteringOptions>().Configure<Database>(
            (options, database) => options.Enabled = database.Provider == DatabaseProvider.PostgreSql);
        services.AddOptions<AdoJobStoreOptions>().Configure<Database>(
            (options, database) => options.UseDbLocks = database.Provider == DatabaseProvider.PostgreSql);

        // First in the list, so that a level configured for Quartz wins.
        services.Configure<LoggerFilterOptions>(options => options.Rules.Insert(0, new LoggerFilterRule(null, "Quartz", LogLevel.Warning, null)));
        return services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    private static DbProvider Connections(Database database) => new(
        database.Provider == DatabaseProvider.Sqlite ? DataSourceOptions.Providers.Sqlite : DataSourceOptions.Providers.Npgsql,
        database.ConnectionString);

    private static IDriverDelegate Dialect(Database database, IServiceProvider provider) => database.Provider == DatabaseProvider.Sqlite
        ? ActivatorUtilities.CreateInstance<SQLiteDelegate>(provider)
        : ActivatorUtilities.CreateInstance<PostgreSQLDelegate>(provider);
}
