using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>To callbacks, which strangers name.</summary>
internal sealed class SubscriberHttp(ResolveHost resolve, IOptions<FeedOptions> options, TimeProvider clock)
    : Outbound(resolve, options.Value.Hub.AllowPrivateCallbacks, clock);

/// <summary>To addresses of the configuration: who runs the program may name machines of its own.</summary>
internal sealed class FollowerHttp(ResolveHost resolve, TimeProvider clock)
    : Outbound(resolve, isPrivateAllowed: true, clock);
