using Feeds.Articles;

namespace Feeds.Newsletter.Subscribing;

/// <summary>Which categories a cadence has and a person chose.</summary>
internal static class CategoryChoice
{
    /// <summary>Whether the cadence tells of that article.</summary>
    public static bool Tells(this Cadence cadence, Article article) =>
        cadence.Categories.Count == 0 || article.Categories.Any(cadence.IsAbout);

    /// <summary>How a choice is stored: the same before and after a category is renamed.</summary>
    public static string Store(IEnumerable<Category> chosen) => StoredList.Write(chosen.Select(category => category.FirstSlug));

    /// <summary>Whether a person who chose these, as they are stored, gets that article; none means all.</summary>
    public static bool Takes(IReadOnlyList<string> slugs, Article article) =>
        slugs.Count == 0 || article.Categories.Any(category => slugs.Contains(category.FirstSlug, StringComparer.Ordinal));
}
