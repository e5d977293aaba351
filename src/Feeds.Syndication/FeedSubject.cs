using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>What a feed is about: the whole publication, one category, a combination that somebody asked for, or another page of the site.</summary>
internal sealed class FeedSubject
{
    private readonly string query;
    private readonly string first;
    private readonly string? page;
    private readonly string? title;

    private FeedSubject(Category? category, ArticleSelection? selection)
    {
        Category = category;
        Selection = selection;
        Folder = category is null ? "" : $"categories/{category.Slug}/";
        query = selection is null ? "" : "?" + FeedCombination.Query(selection, one => one.Slug);
        first = category is null ? "" : $"categories/{category.FirstSlug}/";
    }

    private FeedSubject(string page, string title)
    {
        (this.page, this.title) = (page, title);
        first = Folder = $"{page}/";
        query = "";
    }

    /// <summary>The one category that it is about, or null.</summary>
    public Category? Category { get; }

    /// <summary>What the paths of its feeds begin with: nothing, or a folder with its slash.</summary>
    public string Folder { get; }

    /// <summary>The combination that it is about, or null.</summary>
    public ArticleSelection? Selection { get; }

    /// <summary>A category's, or the whole publication's where null.</summary>
    public static FeedSubject Of(Category? category) => new(category, selection: null);

    /// <summary>The same at the addresses that it had before its category was renamed; they lead to the present ones.</summary>
    public IEnumerable<FeedSubject> Former => Category is { } category ? category.FormerSlugs.Select(slug => Of(category with { Slug = slug })) : [];

    /// <summary>A combination's.</summary>
    public static FeedSubject Of(ArticleSelection selection) => new(category: null, selection);

    /// <summary>Of what else is told of on a page below the base: entries that are no articles.</summary>
    public static FeedSubject Of(string page, string title) => new(page, title);

    /// <summary>Whether hubs tell its subscribers when it changes: they follow the live feeds of articles.</summary>
    public bool IsTopic => Selection is null && page is null;

    /// <summary>The path of a feed below the base, which is also its file name when published.</summary>
    /// <param name="format">In which format.</param>
    /// <param name="archive">The number of the archive, or 0 for the live feed.</param>
    public string Path(FeedFormat format, long archive = 0) =>
        archive == 0 ? Folder + format.FileName() + query : FormattableString.Invariant($"{Folder}archive/{archive}/{format.FileName()}");

    /// <summary>Where the feed was before any renaming, which it is known by for good.</summary>
    public string FirstPath(FeedFormat format) =>
        first + format.FileName() + (Selection is null ? "" : "?" + FeedCombination.Query(Selection, one => one.FirstSlug));

    /// <summary>The page for people beside it.</summary>
    public Uri Page(FeedAddresses addresses) => page is null ? addresses.Page(Category) : addresses.Feed(page);

    /// <summary>What the feed is called, in every format.</summary>
    public string Title(PublicationOptions publication)
    {
        IReadOnlyList<string?> parts = Selection is null
            ? [title ?? Category?.Name]
            : [Listed(Selection.Categories), Selection.Author, Selection.Language];
        var about = string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
        return about.Length == 0 ? publication.Title : $"{about} – {publication.Title}";
    }

    private static string Listed(IReadOnlyList<Category> categories) => string.Join(", ", categories.Select(category => category.Name));
}
