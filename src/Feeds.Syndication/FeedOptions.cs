using Feeds.Articles;
using Feeds.Syndication.Hub;

namespace Feeds.Syndication;

/// <summary>How much of an article a feed carries.</summary>
public enum FeedContent
{
    /// <summary>All of it: people read it where they read everything else.</summary>
    Full,

    /// <summary>Its summary alone: people follow the link to read on.</summary>
    Summary,
}

/// <summary>Section <c>Feeds</c> of the configuration: what all feeds carry, and which categories' feeds differ.</summary>
public sealed class FeedOptions
{
    /// <summary>A live feed has at least so many entries, where there are so many; 15–30, 15 by default.</summary>
    public int Length { get; set; } = 15;

    /// <summary><c>full</c> by default, or <c>summary</c>.</summary>
    public FeedContent Content { get; set; } = FeedContent.Full;

    /// <summary>What directories of podcasts ask of feeds with episodes.</summary>
    public PodcastOptions Podcast { get; set; } = new();

    /// <summary>Categories whose feeds differ; at most 1000, each once.</summary>
    public IList<CategoryFeedOptions> Categories { get; } = [];

    /// <summary>The hub of our own.</summary>
    public HubOptions Hub { get; set; } = new();

    /// <summary>Hubs of others (https://www.w3.org/TR/websub/) that feeds name and that are told of changes: at most 5 addresses.</summary>
    public IList<string> Hubs { get; } = [];

    /// <summary>
    /// An address that gets, by POST, the public addresses that changed, so that it can have a shared cache forget them;
    /// none by default. It may be one that only this machine reaches.
    /// </summary>
    public string? PurgeHook { get; set; }

    /// <summary>The least number of entries of a category's live feed, or of the whole publication's where null.</summary>
    internal int LengthOf(Category? category) => Of(category)?.Length ?? Length;

    /// <summary>What the entries of a category's feed carry, or those of the whole publication's where null.</summary>
    internal FeedContent ContentOf(Category? category) => Of(category)?.Content ?? Content;

    private CategoryFeedOptions? Of(Category? category) =>
        category is null
            ? null
            : Categories.FirstOrDefault(one => string.Equals(one.Slug, category.Slug, StringComparison.Ordinal)) ?? Categories.FirstOrDefault(one => category.HasSlug(one.Slug));
}

/// <summary>One entry of <c>Feeds:Categories</c>; what it leaves out is as in all feeds.</summary>
public sealed class CategoryFeedOptions
{
    /// <summary>Of the category, as in the addresses of its feeds, or as it was before a renaming. A category that is not there yet may be named.</summary>
    public string Slug { get; set; } = "";

    /// <summary>Instead of <see cref="FeedOptions.Length"/>; 15–30.</summary>
    public int? Length { get; set; }

    /// <summary>Instead of <see cref="FeedOptions.Content"/>.</summary>
    public FeedContent? Content { get; set; }
}

/// <summary>Section <c>Feeds:Podcast</c> of the configuration.</summary>
public sealed class PodcastOptions
{
    /// <summary>One of Apple's categories, in English as Apple writes it (<c>Business</c>). Apple takes no podcast without one.</summary>
    public string Category { get; set; } = "";

    /// <summary>Where a directory writes to, to find out whether the podcast is yours. Everybody can read it: leave it out once that is done.</summary>
    public string Email { get; set; } = "";
}
