using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>What an address leads to.</summary>
internal readonly record struct FeedPlace(FeedShelf Shelf, FeedFormat Format);

/// <summary>Which feeds there are as of one state of the store. It never changes; the next state has a snapshot of its own.</summary>
internal sealed class FeedSnapshot
{
    private readonly Dictionary<string, FeedPlace> places;

    private FeedSnapshot(StoreState state, IReadOnlyList<Category> categories, Dictionary<string, FeedPlace> places)
    {
        State = state;
        Categories = categories;
        this.places = places;
        Shelves = [.. places.Where(place => place.Value.Format == FeedFormat.Atom).OrderBy(place => place.Key, StringComparer.Ordinal).Select(place => place.Value.Shelf)];
    }

    public StoreState State { get; }

    /// <summary>Those that have a feed, in the store's order.</summary>
    public IReadOnlyList<Category> Categories { get; }

    /// <summary>By path.</summary>
    public IReadOnlyList<FeedShelf> Shelves { get; }

    /// <summary>The snapshot after <paramref name="before"/>, with the shelves of those feeds that did not change.</summary>
    public static FeedSnapshot Following(FeedSnapshot? before, StoreState state, IReadOnlyList<CategoryState> categories)
    {
        var next = new Dictionary<string, FeedPlace>(FeedFormats.All.Count * (categories.Count + 1), StringComparer.Ordinal);
        Place(category: null, state.ChangedAt);
        foreach (var category in categories)
        {
            Place(category.Category, category.ChangedAt);
        }

        return new FeedSnapshot(state, [.. categories.Select(category => category.Category)], next);

        void Place(Category? category, DateTimeOffset changedAt)
        {
            var previous = before?.Find(FeedAddresses.Path(category, FeedFormat.Atom))?.Shelf;
            // The store moves a time of change with every change, even with two in one second.
            var isUnchanged = previous is not null && previous.Category == category && previous.ChangedAt == changedAt;
            var shelf = isUnchanged ? previous! : new FeedShelf(category, changedAt);
            foreach (var format in FeedFormats.All)
            {
                next.Add(shelf.Path(format), new FeedPlace(shelf, format));
            }
        }
    }

    public FeedPlace? Find(string path) => places.TryGetValue(path, out var place) ? place : null;

    public bool Holds(FeedShelf shelf) => Find(shelf.Path(FeedFormat.Atom))?.Shelf == shelf;

    /// <summary>The paths of the feeds that are not the same as in <paramref name="before"/>, and of their list where another feed is in it; sorted.</summary>
    public IReadOnlyList<string> ChangedSince(FeedSnapshot? before)
    {
        var feeds = places.Where(place => before?.Holds(place.Value.Shelf) != true).Select(place => place.Key);
        var isListed = before is not null && before.Categories.SequenceEqual(Categories);
        return [.. (isListed ? feeds : feeds.Append(FeedList.Path)).Order(StringComparer.Ordinal)];
    }
}
