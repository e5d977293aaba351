using Feeds.Articles;
using Feeds.Newsletter;

namespace Feeds.Host.Api;

/// <summary><c>/api/v1/newsletters</c>: what there is to choose from.</summary>
internal static class NewsletterEndpoints
{
    public static void MapNewsletters(this IEndpointRouteBuilder api) =>
        api.MapGet("/newsletters", ListAsync).Needs(ApiScope.Read).WithName("listNewsletters")
            .WithSummary("Newsletters, with their cadences and categories.")
            .Produces<NewsletterListBody>();

    private static async Task<IResult> ListAsync(CadenceStore cadences, ArticleStore articles, CancellationToken cancellationToken)
    {
        var categories = (await articles.CategoriesAsync(cancellationToken)).Where(state => state.ArticleCount > 0).Select(state => state.Category).ToList();
        return Results.Ok(new NewsletterListBody(
        [
            .. (await cadences.NewslettersAsync(cancellationToken)).Select(offer => new NewsletterBody(
                offer.Name,
                offer.Title,
                offer.Private,
                [.. offer.Cadences.Select(cadence => new CadenceBody(cadence.Name, cadence.Title, cadence.Cron, cadence.Zone, cadence.Paused))],
                [.. categories.Where(category => offer.Cadences.Any(cadence => cadence.IsAbout(category))).Select(category => new CategoryBody(category.Slug, category.Name))])),
        ]));
    }
}
