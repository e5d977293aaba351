namespace Feeds.Host.FeedHttp;

/// <summary>What the answers with feeds are made with.</summary>
internal static class FeedHttpServices
{
    public static IServiceCollection AddFeedHttp(this IServiceCollection services) => services.AddSingleton<FeedRateLimit>().AddSingleton<EditionFeeds>();
}
