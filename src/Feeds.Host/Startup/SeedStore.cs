using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Syndication;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Startup;

/// <summary>What a migrated database is told before any command uses it: the configured cadences, and what feeds depend on.</summary>
internal static class SeedStore
{
    /// <returns>A sentence for each difference between configured and stored cadences.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var settings = FeedSettings.Describe(services.GetRequiredService<IOptions<PublicationOptions>>().Value, services.GetRequiredService<IOptions<FeedOptions>>().Value);
        await services.GetRequiredService<ArticleStore>().ApplySettingsAsync(settings, cancellationToken);
        return await services.GetRequiredService<CadenceStore>().SeedAsync(cancellationToken);
    }
}
