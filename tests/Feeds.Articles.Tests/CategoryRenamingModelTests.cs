using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>Categories are renamed and used under any of their names in any order, and the store says what a dictionary says.</summary>
public sealed class CategoryRenamingModelTests
{
    private const int Lives = 6;
    private const int Steps = 30;

    // Some share a slug, some differ by an accent or a capital letter alone.
    private static readonly string[] Names = ["SEO", "seo", "Séo", "S.E.O.", "Prix", "prix", "Tarifs", "日本", "日 本"];

    [DatabaseTheory, EachDatabase]
    public async Task Whatever_categories_are_called_every_name_and_every_slug_means_one_of_them_for_good(DatabaseProvider provider)
    {
        for (var seed = 1; seed <= Lives; seed++)
        {
            await using var newsroom = await Newsroom.OpenAsync(provider);
            var chance = new Random(seed);
            var called = new Dictionary<string, long>(StringComparer.Ordinal);
            var current = new Dictionary<long, string>();
            var slugs = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var step = 1; step <= Steps; step++)
            {
                var (name, other) = (Names[chance.Next(Names.Length)], Names[chance.Next(Names.Length)]);
                if (chance.Next(2) == 0)
                {
                    await UseAsync(newsroom, step, name, other);
                }
                else
                {
                    var isFree = !called.TryGetValue(other, out var owner) || (called.TryGetValue(name, out var meant) && owner == meant && !string.Equals(current[owner], other, StringComparison.Ordinal));
                    var isCurrent = called.TryGetValue(name, out var id) && string.Equals(current[id], name, StringComparison.Ordinal);
                    var result = await newsroom.Get<CategoryRenaming>().RenameAsync(name, other, default);
                    Assert.True((result.Category is not null) == (isFree && isCurrent), $"seed {seed}, step {step}: {name} → {other}: {result}");
                }

                await CompareAsync(newsroom, called, current, slugs);
            }
        }
    }

    private static async Task UseAsync(Newsroom newsroom, int number, params string[] names)
    {
        newsroom.Write($"a-{number}.md", $"Article {number}", "2026-03-01T08:00:00Z", "text", $"categories: [{string.Join(", ", names.Select(name => $"\"{name}\""))}]");
        Assert.Empty((await newsroom.ImportAsync()).Refused);
    }

    /// <summary>Nothing that was ever said of a category is taken back; what is new is remembered.</summary>
    private static async Task CompareAsync(Newsroom newsroom, Dictionary<string, long> called, Dictionary<long, string> current, Dictionary<string, long> slugs)
    {
        var categories = (await newsroom.Store.CategoriesAsync(default)).Select(state => state.Category).ToList();
        foreach (var category in categories)
        {
            current[category.Id] = category.Name;
            foreach (var name in category.Formerly.Select(former => former.Name).Append(category.Name))
            {
                Assert.Equal(category.Id, called.TryGetValue(name, out var id) ? id : called[name] = category.Id);
            }

            foreach (var slug in category.Formerly.Select(former => former.Slug).Append(category.Slug))
            {
                Assert.Equal(category.Id, slugs.TryGetValue(slug, out var id) ? id : slugs[slug] = category.Id);
            }
        }

        Assert.All(called, known => Assert.Contains(categories, category => category.Id == known.Value && (string.Equals(category.Name, known.Key, StringComparison.Ordinal) || category.Formerly.Any(former => string.Equals(former.Name, known.Key, StringComparison.Ordinal)))));
        Assert.All(slugs, known => Assert.Contains(categories, category => category.Id == known.Value && category.HasSlug(known.Key)));
    }
}
