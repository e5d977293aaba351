using Feeds.Storage;

namespace Feeds.Mail;

/// <summary>Keeps the lanes as the configuration wants them, and closes those in which nothing is open.</summary>
internal sealed class LaneKeeper(Database database, RelayRoutes routes, TimeProvider clock)
{
    private bool split;

    /// <summary>Before this process's first claims: what was stored before a domain was named in the configuration gets its lane.</summary>
    public async Task BeginAsync()
    {
        if (split)
        {
            return;
        }

        if (routes.Named.Count > 0)
        {
            await database.WriteAsync(
                async transaction =>
                {
                    foreach (var domain in routes.Named)
                    {
                        await Lanes.SplitAsync(transaction, domain);
                    }
                },
                CancellationToken.None);
        }

        split = true;
    }

    /// <summary>After sending.</summary>
    public async Task EndAsync()
    {
        if (await database.ReadAsync(Lanes.AnyIdleAsync))
        {
            await database.WriteAsync(transaction => Lanes.CloseAsync(transaction, clock.GetUtcNow()), CancellationToken.None);
        }
    }
}
