using Feeds.Syndication.Hub;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>The door of Syndication: from articles to feed bytes.</summary>
public static class SyndicationModule
{
    /// <summary>Registers <see cref="FeedLibrary"/>, <see cref="OtherFeeds"/> and <see cref="FeedFolder"/>.</summary>
    public static IServiceCollection AddSyndication(this IServiceCollection services)
    {
        services.AddOptions<FeedOptions>().BindConfiguration("Feeds").ValidateOnStart();
        services.AddSingleton<IValidateOptions<FeedOptions>, FeedOptionsCheck>();
        services.AddHub();
        return services.AddSingleton<FeedLibrary>().AddSingleton<OtherFeeds>().AddSingleton<FeedFolder>();
    }

    /// <summary>Adds what runs while serving: the feeds follow what this process commits at once, and what another one does within half a second.</summary>
    public static IServiceCollection AddSyndicationWorker(this IServiceCollection services) =>
        services.AddHostedService<SyndicationWorker>().AddHubWorker();
}
