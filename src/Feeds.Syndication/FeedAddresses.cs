using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>Where feeds and the pages beside them are, below the publication's base.</summary>
internal sealed class FeedAddresses(Uri publicationBase)
{
    /// <summary>The publication's front page.</summary>
    public Uri Front { get; } = publicationBase;

    /// <summary>What all pages of categories begin with; the scheme of Atom's categories.</summary>
    public Uri Categories { get; } = new(publicationBase, "categories/");

    /// <summary>The page of a category, or the front page where there is none.</summary>
    public Uri Page(Category? category) => category is null ? Front : new Uri(Categories, category.Slug);

    /// <summary>The feed itself.</summary>
    public Uri Feed(string path) => new(Front, path);
}
