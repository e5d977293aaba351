using Feeds.Newsletter;

namespace Feeds.Host.Startup;

/// <summary>What a migrated database lacks before any command can use it: the configured cadences.</summary>
internal static class SeedStore
{
    /// <returns>A sentence for each difference between configuration and store.</returns>
    public static Task<IReadOnlyList<string>> RunAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<CadenceStore>().SeedAsync(cancellationToken);
}
