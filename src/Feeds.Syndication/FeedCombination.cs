using Feeds.Articles;

namespace Feeds.Syndication;

/// <summary>What a combined feed's query asks for: <c>categories=a,b</c>, <c>author=…</c>, <c>language=…</c>, in any order.</summary>
internal sealed class FeedCombination
{
    /// <summary>Of the whole query, in characters.</summary>
    public const int MostCharacters = 2048;

    /// <summary>More than these are nearly the whole publication.</summary>
    public const int MostCategories = 20;

    private readonly SortedSet<string> categories = new(StringComparer.Ordinal);
    private string? author;
    private string? language;

    private FeedCombination()
    {
    }

    /// <summary>Slugs, sorted.</summary>
    public IReadOnlyCollection<string> Categories => categories;

    /// <summary>Why nobody gets it, in a sentence with the mend; null where it can be answered.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Reads a query without its question mark; null where it asks for no combination.</summary>
    public static FeedCombination? Read(string query)
    {
        if (query.Length > MostCharacters)
        {
            return new FeedCombination { Refusal = $"This address is longer than {MostCharacters} characters. Ask for fewer categories, or for the feed of all: /feed.atom." };
        }

        var combination = new FeedCombination();
        foreach (var pair in query.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Decode(pair[(equals + 1)..]) is { Length: > 0 } value)
            {
                combination.Take(pair[..equals], value);
            }
        }

        if (combination.categories.Count > MostCategories)
        {
            combination.Refusal = $"A combined feed can hold {MostCategories} categories, and this address names {combination.categories.Count}. Ask for fewer, or for the feed of all: /feed.atom.";
        }

        return combination.categories.Count > 0 || combination.author is not null || combination.language is not null ? combination : null;
    }

    /// <summary>The same with the categories that there are, as the store takes it.</summary>
    public ArticleSelection Select(IReadOnlyList<Category> found) => new(found, author, language);

    /// <summary>The one query under which a selection is found.</summary>
    /// <param name="selection">At most as much as a query can ask for.</param>
    /// <param name="slug">Which slug of a category stands in it.</param>
    public static string Query(ArticleSelection selection, Func<Category, string> slug) => string.Join('&', ((string?[])
    [
        selection.Author is not { } author ? null : "author=" + Uri.EscapeDataString(author),
        selection.Categories.Count == 0 ? null : "categories=" + string.Join(',', selection.Categories.Select(slug).Order(StringComparer.Ordinal).Select(Uri.EscapeDataString)),
        selection.Language is not { } language ? null : "language=" + Uri.EscapeDataString(language),
    ]).Where(part => part is not null));

    private void Take(string name, string value)
    {
        switch (name)
        {
            case "categories":
                categories.UnionWith(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                break;
            case "author":
                author = value;
                break;
            case "language":
                language = value.ToLowerInvariant();
                break;
        }
    }

    private static string Decode(string value) => Uri.UnescapeDataString(value.Replace('+', ' ')).Trim();
}
