using Feeds.Articles;
using Feeds.Newsletter.Making;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Which categories a cadence has and a person chose.</summary>
internal static class CategoryChoice
{
    /// <summary>Whether the cadence tells of that article.</summary>
    public static bool Tells(this Cadence cadence, Article article) =>
        cadence.Categories.Count == 0 || article.Categories.Any(cadence.IsAbout);

    /// <summary>How categories are stored: the same before and after one is renamed.</summary>
    public static IReadOnlyList<string> FirstSlugs(IEnumerable<Category> chosen) => [.. chosen.Select(category => category.FirstSlug)];

    /// <summary>Whether a person who chose so gets that article.</summary>
    public static bool Takes(this Choice choice, ArticleBrief article) =>
        (choice.Categories.Count == 0 || article.Categories.Any(category => choice.Categories.Contains(category, StringComparer.Ordinal)))
        && !choice.WithoutAuthors.Contains(article.Author, StringComparer.Ordinal);
}
