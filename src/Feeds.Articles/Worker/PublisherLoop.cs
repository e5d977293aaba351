using Feeds.Articles.Store;
using Microsoft.Extensions.Logging;

namespace Feeds.Articles.Worker;

/// <summary>Publishes what is due, every second.</summary>
internal sealed class PublisherLoop(Publisher publisher, TimeProvider clock, ILogger<PublisherLoop> logger)
    : SteppedLoop("Publishing the articles whose date has come", TimeSpan.FromSeconds(1), clock, logger)
{
    /// <inheritdoc/>
    public override async Task TickAsync(CancellationToken cancellationToken)
    {
        if (await publisher.TickAsync(cancellationToken) is > 0 and var count)
        {
            Log.Published(logger, count);
        }
    }
}
