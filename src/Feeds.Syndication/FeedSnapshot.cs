using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>What an address leads to.</summary>
internal readonly record struct FeedPlace(FeedShelf Shelf, FeedFormat Format);

/// <summary>What the paths of feeds began with, and begin with since their category was renamed; each with its slash.</summary>
internal sealed record MovedFolder(string From, string To);

/// <summary>Which live feeds there are as of one state of the store. It never changes; the next state has a snapshot of its own.</summary>
internal sealed class FeedSnapshot
{
    private const string CategoriesFolder = "categories/";

    private readonly Dictionary<string, FeedPlace> places;
    private readonly List<CategoryState> endings;
    private readonly HashSet<string> ended;
    private readonly Dictionary<string, Category> bySlug;

    private FeedSnapshot(StoreState state, IReadOnlyList<CategoryState> categories, Dictionary<string, FeedPlace> places)
    {
        State = state;
        Categories = [.. categories.Where(category => !category.IsEnded).Select(category => category.Category)];
        this.places = places;
        // A slug that was one category's is never another's, so it does not matter which comes first.
        bySlug = categories.Select(category => category.Category)
            .SelectMany(category => category.Formerly.Select(former => former.Slug).Append(category.Slug).Distinct(StringComparer.Ordinal), (category, slug) => (slug, category))
            .ToDictionary(known => known.slug, known => known.category, StringComparer.Ordinal);
        endings = [.. categories.Where(category => category.IsEnded)];
        ended = [.. endings.SelectMany(category => Paths(FeedSubject.Of(category.Category)))];
        Moved = [.. bySlug.Where(known => !string.Equals(known.Key, known.Value.Slug, StringComparison.Ordinal))
            .Select(known => new MovedFolder(Folder(known.Key), Folder(known.Value.Slug))).OrderBy(moved => moved.From, StringComparer.Ordinal)];
        Ended = [.. endings.Select(category => Folder(category.Category.Slug)).Order(StringComparer.Ordinal)];
        Shelves = [.. places.Where(place => place.Value.Format == FeedFormat.Atom).OrderBy(place => place.Key, StringComparer.Ordinal).Select(place => place.Value.Shelf)];
    }

    public StoreState State { get; }

    /// <summary>Those that have a feed, in the store's order.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>By path.</summary>
    public IReadOnlyList<FeedShelf> Shelves { get; }

    /// <summary>Where feeds were before their categories were renamed, by that.</summary>
    public IReadOnlyList<MovedFolder> Moved { get; }

    /// <summary>The folders of categories that have no feed any more, sorted.</summary>
    public IReadOnlyList<string> Ended { get; }

    /// <summary>The snapshot after <paramref name="before"/>, with the shelves of those feeds that did not change.</summary>
    public static FeedSnapshot Following(FeedSnapshot? before, StoreState state, IReadOnlyList<CategoryState> categories)
    {
        var next = new Dictionary<string, FeedPlace>(FeedFormats.All.Count * (categories.Count + 1), StringComparer.Ordinal);
        Place(category: null, state.ChangedAt, state.ChangedIn);
        foreach (var category in categories.Where(category => !category.IsEnded))
        {
            Place(category.Category, category.ChangedAt, category.ChangedIn);
        }

        return new FeedSnapshot(state, categories, next);

        void Place(Category? category, DateTimeOffset changedAt, long changedIn)
        {
            var subject = FeedSubject.Of(category);
            var previous = before?.Find(subject.Path(FeedFormat.Atom))?.Shelf;
            var isUnchanged = previous is not null && previous.Subject.Category == category && previous.ChangedIn == changedIn;
            var shelf = isUnchanged ? previous! : new FeedShelf(subject, changedAt, changedIn, previous);
            foreach (var format in FeedFormats.All)
            {
                next.Add(subject.Path(format), new FeedPlace(shelf, format));
            }
        }
    }

    public FeedPlace? Find(string path) => places.TryGetValue(path, out var place) ? place : null;

    /// <summary>Whether a category's feed was at that path, live or archived, until nothing was left in it.</summary>
    public bool HasEnded(string path) => ended.Contains(ArchivePath.Parse(path)?.LivePath ?? path);

    /// <summary>The category that has or had that slug, if it has a feed; null where none is or was called so.</summary>
    public Category? FindCategory(string slug) =>
        bySlug.TryGetValue(slug, out var category) && Find(FeedSubject.Of(category).Path(FeedFormat.Atom)) is not null ? category : null;

    /// <summary>Where the feed is now that was at that path, live or archived, before its category was renamed; null where none was.</summary>
    public string? MovedTo(string path)
    {
        var end = path.StartsWith(CategoriesFolder, StringComparison.Ordinal) ? path.IndexOf('/', CategoriesFolder.Length) : -1;
        return end > 0 && bySlug.TryGetValue(path[CategoriesFolder.Length..end], out var category) && !path.AsSpan(CategoriesFolder.Length, end - CategoriesFolder.Length).SequenceEqual(category.Slug)
            ? CategoriesFolder + category.Slug + path[end..]
            : null;
    }

    public bool Holds(FeedShelf shelf) => Find(shelf.Subject.Path(FeedFormat.Atom))?.Shelf == shelf;

    /// <summary>What changed in a later change of the store than that one.</summary>
    public TopicChanges ChangedAfter(long change)
    {
        var live = Shelves.Where(shelf => shelf.ChangedIn > change).Select(shelf => shelf.Subject).ToList();
        var over = endings.Where(category => category.ChangedIn > change).Select(category => FeedSubject.Of(category.Category));
        return new TopicChanges(
            State.Change,
            Sorted(live.SelectMany(Paths)),
            Sorted(live.SelectMany(subject => subject.Former).SelectMany(Paths)),
            Sorted(over.SelectMany(subject => subject.Former.Prepend(subject)).SelectMany(Paths)));
    }

    /// <summary>The paths of the feeds that are not the same as in <paramref name="before"/> or ended, and of their list where another feed is in it; sorted.</summary>
    public IReadOnlyList<string> ChangedSince(FeedSnapshot? before)
    {
        var feeds = places.Where(place => before?.Holds(place.Value.Shelf) != true).Select(place => place.Key)
            .Concat(before?.places.Keys.Where(path => !places.ContainsKey(path)) ?? []);
        var isListed = before is not null && before.Categories.SequenceEqual(Categories);
        return [.. (isListed ? feeds : feeds.Append(FeedList.Path)).Order(StringComparer.Ordinal)];
    }

    private static List<string> Sorted(IEnumerable<string> paths) => [.. paths.Order(StringComparer.Ordinal)];

    private static string Folder(string slug) => CategoriesFolder + slug + "/";

    private static IEnumerable<string> Paths(FeedSubject subject) => FeedFormats.All.Select(format => subject.Path(format));
}
