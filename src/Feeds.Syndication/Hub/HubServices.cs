using System.Net;
using Feeds.Articles;
using Feeds.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>What the hub is made of; the room's door registers it.</summary>
internal static class HubServices
{
    public static IServiceCollection AddHub(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<FeedOptions>, HubOptionsCheck>();
        services.AddSingleton<WorkSignal>().AddSingleton<SubscriptionBook>();
        services.AddSingleton(provider => new WebSubHub(
            provider.GetRequiredService<FeedLibrary>(),
            provider.GetRequiredService<SubscriptionBook>(),
            provider.GetRequiredService<WorkSignal>(),
            provider.GetRequiredService<IOptions<FeedOptions>>(),
            provider.GetRequiredService<IOptions<PublicationOptions>>()));
        return services.AddMigrations(typeof(HubServices).Assembly);
    }

    public static IServiceCollection AddHubWorker(this IServiceCollection services)
    {
        services.AddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        services.AddSingleton<SubscriberHttp>().AddSingleton<FollowerHttp>();
        services.AddSingleton<SubscriptionClaims>().AddSingleton<IntentCheck>().AddSingleton<Push>();
        services.AddSingleton<RunningWork>().AddSingleton<SubscriptionWork>();
        services.AddSingleton<FollowerBook>().AddSingleton<Followers>();
        services.AddSingleton<HubWorker>();
        return services.AddHostedService(provider => provider.GetRequiredService<HubWorker>());
    }
}
