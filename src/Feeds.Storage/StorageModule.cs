using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Feeds.Storage;

/// <summary>The door of Storage: from a connection string to an open, migrated database.</summary>
public static class StorageModule
{
    /// <summary>Registers <see cref="Database"/>, <see cref="DatabaseMigrator"/> and <see cref="StoredValues"/>.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddOptions<StorageOptions>().BindConfiguration("Storage");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Database>();
        services.AddSingleton(provider => new DatabaseMigrator(
            provider.GetRequiredService<Database>(), provider.GetServices<MigrationAssembly>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StoredValues>();
        return services.AddMigrations(typeof(StorageModule).Assembly);
    }

    /// <summary>
    /// Adds the tables of a room: every class with <c>[Migration(version)]</c> in the assembly, public or not. Versions
    /// are unique in the program: yyyymmddnn.
    /// </summary>
    public static IServiceCollection AddMigrations(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new MigrationAssembly(assembly));
}

internal sealed record MigrationAssembly(Assembly Assembly);
