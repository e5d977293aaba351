using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>A category under another name is the same category.</summary>
public sealed class CategoryRenamingTests
{
    private const string Day = "2026-03-01T08:00:00Z";

    [DatabaseTheory, EachDatabase]
    public async Task A_renamed_category_keeps_its_number_its_articles_and_its_first_slug(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        var before = await CategoryAsync(newsroom, "SEO");
        var article = await newsroom.Store.FindAsync("a", default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await RenameAsync(newsroom, " SEO ", "Référencement"));

        var after = await CategoryAsync(newsroom, "Référencement");
        Assert.Equal((before.Id, "referencement", "seo"), (after.Id, after.Slug, after.FirstSlug));
        Assert.Equal([new FormerName("SEO", "seo")], after.Formerly);
        Assert.True(after.HasSlug("seo") && after.IsCalled("seo") && after.IsCalled("RÉFÉRENCEMENT") && !after.HasSlug("SEO"));
        Assert.Equal(2, (await newsroom.Store.LatestAsync("referencement", 10, default)).Count);
        var same = (await newsroom.Store.FindAsync("a", default))!;
        Assert.Equal((article!.Identity, article.Updated, article.Sequence), (same.Identity, same.Updated, same.Sequence));
        Assert.Equal(after, same.Categories[0]);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Files_that_say_the_old_name_stay_in_the_category_and_new_ones_come_into_it(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        Assert.Null(await RenameAsync(newsroom, "SEO", "Référencement"));
        var state = await newsroom.Store.StateAsync(default);

        Assert.Equal(3, (await newsroom.ImportAsync()).Unchanged);
        Assert.Equal(state, await newsroom.Store.StateAsync(default));
        newsroom.Write("a.md", "A again", Day, "text", "categories: [SEO, Prix]");
        newsroom.Write("d.md", "D", Day, "text", "categories: [Référencement, SEO]");
        newsroom.Write("e.md", "E", Day, "text", "categories: SEO");
        Assert.Empty((await newsroom.ImportAsync()).Refused);

        Assert.Equal(["Prix", "Référencement"], (await newsroom.Store.CategoriesAsync(default)).Select(one => one.Category.Name), StringComparer.Ordinal);
        Assert.Equal((4, 4L), (await newsroom.Store.CategoriesAsync(default)).Where(one => one.Category.HasSlug("seo")).Select(one => (one.ArticleCount, one.Places)).Single());
        Assert.Equal(["referencement"], (await newsroom.Store.FindAsync("d", default))!.Categories.Select(category => category.Slug), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Everything_that_shows_the_name_has_changed_and_nothing_else(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        newsroom.Write("other.md", "Other", Day, "text", "categories: Délais");
        await newsroom.ImportAsync();
        var (before, state) = (await StatesAsync(newsroom), await newsroom.Store.StateAsync(default));
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await RenameAsync(newsroom, "SEO", "Référencement"));

        var (after, now) = (await StatesAsync(newsroom), await newsroom.Store.StateAsync(default));
        Assert.Equal((state.Change + 1, state.Sequence, Newsroom.Noon.AddHours(1), now.Change), (now.Change, now.Sequence, now.ChangedAt, now.ChangedIn));
        // An article of Prix is in the renamed one too, and its entry says so.
        Assert.Equal((now.Change, now.Change), (after["seo"].ChangedIn, after["prix"].ChangedIn));
        Assert.Equal(Newsroom.Noon.AddHours(1), after["prix"].ChangedAt);
        Assert.Equal(before["delais"], after["delais"]);
        var seen = await newsroom.Get<ArticleHistory>().SeenAsync(state.Change, now.Change, default);
        Assert.Equal(["a", "b"], seen!.Select(change => change.Slug), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_archive_with_nothing_left_in_it_is_newer_too_after_a_renaming(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        for (var number = 1; number <= ArticleHistory.ArchiveLength; number++)
        {
            newsroom.Write($"{number:00}.md", "Title", Day, "text", "categories: SEO", "status: published");
        }

        await newsroom.ImportAsync();
        for (var number = 1; number <= ArticleHistory.ArchiveLength; number++)
        {
            newsroom.Write($"{number:00}.md", "Title", Day, "text", "status: published");
        }

        newsroom.Write("99.md", "Title", Day, "text", "categories: SEO");
        await newsroom.ImportAsync();
        var before = await newsroom.Get<ArticleHistory>().ArchiveAsync(await CategoryAsync(newsroom, "SEO"), 1, default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await RenameAsync(newsroom, "SEO", "Seo"));

        var after = await newsroom.Get<ArticleHistory>().ArchiveAsync(await CategoryAsync(newsroom, "Seo"), 1, default);

        Assert.Empty(after!.Articles);
        Assert.True(before!.ChangedAt < after.ChangedAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_category_can_have_an_old_name_back_with_its_old_slug_and_no_other_can(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        foreach (var name in (string[])["Référencement", "Visibilité", "SEO", "Référencement"])
        {
            Assert.Null(await RenameAsync(newsroom, (await CategoryAsync(newsroom, "seo")).Name, name));
        }

        var category = await CategoryAsync(newsroom, "seo");
        Assert.Equal(("Référencement", "referencement", "seo"), (category.Name, category.Slug, category.FirstSlug));
        Assert.Equal(["SEO", "Référencement", "Visibilité"], category.Formerly.Select(former => former.Name), StringComparer.Ordinal);
        Assert.Contains("“Visibilité” is what another category was called", await RenameAsync(newsroom, "Prix", "Visibilité"), StringComparison.Ordinal);

        // Nor does a new category get an old slug, whatever its name.
        newsroom.Write("f.md", "F", Day, "text", "categories: seo");
        await newsroom.ImportAsync();
        Assert.Equal("seo-2", (await newsroom.Store.FindAsync("f", default))!.Categories[0].Slug);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_name_that_differs_by_capital_letters_only_keeps_the_address(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);

        Assert.Null(await RenameAsync(newsroom, "SEO", "Seo"));

        var category = await CategoryAsync(newsroom, "Seo");
        Assert.Equal(("Seo", "seo", "seo"), (category.Name, category.Slug, category.FirstSlug));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_name_that_can_not_be_taken_is_refused_with_a_sentence_and_changes_nothing(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        Assert.Null(await RenameAsync(newsroom, "SEO", "Référencement"));
        var before = await newsroom.Store.StateAsync(default);
        (string Name, string NewName, string Said)[] refused =
        [
            ("Prix", "", "1 to 60 characters"),
            ("Prix", " \u00AD\u200B\t", "1 to 60 characters"),
            ("Prix", new string('x', 61), "1 to 60 characters"),
            ("Nobody’s", "Name", "no category “Nobody’s”"),
            ("SEO", "Name", "is called “Référencement” by now"),
            ("Prix", "  Prix", "called “Prix” already"),
            ("Prix", "Référencement", "“Référencement” is another category"),
            ("Prix", "SEO", "“SEO” is what another category was called"),
            ("\0", "\0", "1 to 60 characters"),
            ("\0", "Name", "no category"),
        ];

        foreach (var (name, newName, said) in refused)
        {
            Assert.Contains(said, await RenameAsync(newsroom, name, newName), StringComparison.Ordinal);
        }

        Assert.Equal(before, await newsroom.Store.StateAsync(default));
        Assert.Equal("Prix", (await CategoryAsync(newsroom, "prix")).Name);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_category_has_at_most_fifty_former_names(DatabaseProvider provider)
    {
        await using var newsroom = await FilledAsync(provider);
        var name = "SEO";
        for (var number = 1; number <= 50; number++)
        {
            Assert.Null(await RenameAsync(newsroom, name, $"Name {number}"));
            name = $"Name {number}";
        }

        Assert.Contains("fifty names", await RenameAsync(newsroom, name, "Name 51"), StringComparison.Ordinal);
        Assert.Null(await RenameAsync(newsroom, name, "SEO"));
    }

    private static async Task<Newsroom> FilledAsync(DatabaseProvider provider)
    {
        var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", Day, "text", "categories: [SEO, Prix]");
        newsroom.Write("b.md", "B", Day, "text", "categories: SEO");
        newsroom.Write("c.md", "C", Day, "text", "categories: Prix");
        Assert.Empty((await newsroom.ImportAsync()).Refused);
        return newsroom;
    }

    private static async Task<string?> RenameAsync(Newsroom newsroom, string name, string newName) =>
        (await newsroom.Get<CategoryRenaming>().RenameAsync(name, newName, default)).Refusal?.ToString();

    private static async Task<Category> CategoryAsync(Newsroom newsroom, string called) =>
        (await newsroom.Store.CategoriesAsync(default)).Select(state => state.Category).Single(category => category.IsCalled(called));

    private static async Task<Dictionary<string, CategoryState>> StatesAsync(Newsroom newsroom) =>
        (await newsroom.Store.CategoriesAsync(default)).ToDictionary(state => state.Category.FirstSlug, StringComparer.Ordinal);
}
