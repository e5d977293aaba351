using System.Data.Common;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Storage;

namespace Feeds.Host.Startup;

/// <summary>For whoever watches over the process: alive, and ready to serve.</summary>
internal static class SiteHealth
{
    public static void MapSiteHealth(this WebApplication application)
    {
        application.MapGet("/health/live", () => Results.Text("alive\n"));
        application.MapGet("/health/ready", async (ArticleStore articles, DeliveryLoop mails, ILoggerFactory logs, CancellationToken cancellationToken) =>
        {
            try
            {
                await articles.StateAsync(cancellationToken);
                // What reads may not write: on a full disk, for one. Sending writes before all else, and has logged what it met.
                return mails.IsRefused
                    ? Results.Text("the database takes no writes\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                    : Results.Text("ready\n");
            }
            catch (Exception refused) when (refused is DbException or StorageException)
            {
                Log.NotReady(logs.CreateLogger("Feeds"), refused.Message);
                return Results.Text("the database does not answer\n", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
    }
}
