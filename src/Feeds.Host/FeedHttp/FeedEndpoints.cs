namespace Feeds.Host.FeedHttp;

internal static class FeedEndpoints
{
    public static void MapFeeds(this IEndpointRouteBuilder endpoints) => _ = endpoints;
}
