using System.Globalization;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class ImportTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Everything_that_a_file_says_is_read_back(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write(
            "2026-03-01-les-beaux-jours.md",
            "Les beaux jours « reviennent »",
            "2026-03-01T08:00:00+01:00  # assumed",
            "Un *petit* tour.\n\nPuis un autre.",
            "author: Ada",
            "lang: fr-CA",
            "categories:",
            "  - \"Médiocrité & Contentieux\"",
            "  - Référencement (SEO)",
            "summary: En bref.",
            "image: https://pictures.example/a.png",
            "image_alt: Une lettre",
            "updated: 2026-03-02T09:00:00+01:00",
            "unheard-of: [1, {a: b}]");

        var report = await newsroom.ImportAsync();

        Assert.Equal((1, 0, 0), (report.Added, report.Changed, report.Unchanged));
        Assert.Empty(report.Refused);
        var article = await newsroom.Store.FindAsync("les-beaux-jours", default);
        Assert.NotNull(article);
        Assert.Equal("tag:atelier.example,2026-03-01:les-beaux-jours", article.Identity);
        Assert.Equal("https://atelier.example/articles/les-beaux-jours", article.Link.AbsoluteUri);
        Assert.Equal("Les beaux jours « reviennent »", article.Title);
        Assert.Equal("Ada", article.Author);
        Assert.Equal("fr-CA", article.Language);
        Assert.Equal("En bref.", article.Summary);
        Assert.Equal("<p>Un <em>petit</em> tour.</p>\n<p>Puis un autre.</p>", article.Html);
        Assert.Equal(new ArticleImage(new Uri("https://pictures.example/a.png"), "Une lettre", null, null), article.Image);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 7, 0, 0, TimeSpan.Zero), article.Published);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero), article.Updated);
        Assert.Equal(1, article.Sequence);
        Assert.Equal("mediocrite-contentieux, referencement-seo", string.Join(", ", article.Categories.Select(category => category.Slug)));
        Assert.Equal("Médiocrité & Contentieux, Référencement (SEO)", string.Join(", ", article.Categories.Select(category => category.Name)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Long_texts_are_kept_whole(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var title = new string('t', 300);
        var address = $"https://pictures.example/{new string('p', 1900)}";
        foreach (var letter in "ab")
        {
            var body = new string(letter, 500_000);
            newsroom.Write("sample.md", title, "2026-03-01", body, $"url: {address}", $"image: {address}", $"image_alt: {new string('i', 900)}", "categories: [" + new string('c', 60) + "]");
            Assert.Empty((await newsroom.ImportAsync()).Refused);

            var article = (await newsroom.Store.FindAsync("sample", default))!;
            Assert.Equal($"<p>{body}</p>", article.Html);
            Assert.Equal((title, address, address, 900), (article.Title, article.Link.AbsoluteUri, article.Image!.Address.AbsoluteUri, article.Image.Alternative.Length));
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Importing_again_changes_nothing(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01", "text", "categories: [One, Two]");
        newsroom.Write("b.md", "B", "2026-03-02");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.StateAsync(default);
        newsroom.Clock.Advance(TimeSpan.FromHours(1));

        var report = await newsroom.ImportAsync();

        Assert.Equal((0, 0, 2), (report.Added, report.Changed, report.Unchanged));
        Assert.Equal(before, await newsroom.Store.StateAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_changed_article_keeps_its_identity_and_its_place_and_moves_what_shows_it(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z", "one", "categories: [Old, Both]");
        newsroom.Write("b.md", "B", "2026-03-02T00:00:00Z", "two", "categories: Elsewhere");
        await newsroom.ImportAsync();
        var before = await newsroom.Store.FindAsync("a", default);
        newsroom.Clock.Advance(TimeSpan.FromMinutes(5));

        newsroom.Write("a.md", "A", "2026-03-03T00:00:00Z", "other", "categories: [Both, New]");
        var report = await newsroom.ImportAsync();

        Assert.Equal((0, 1, 1), (report.Added, report.Changed, report.Unchanged));
        var after = await newsroom.Store.FindAsync("a", default);
        Assert.Equal((before!.Identity, before.Sequence, before.Id), (after!.Identity, after.Sequence, after.Id));
        Assert.Equal("<p>other</p>", after.Html);
        Assert.Equal(Newsroom.Noon.AddMinutes(5), after.Updated);
        var changed = (await newsroom.Store.CategoriesAsync(default)).ToDictionary(state => state.Category.Slug, StringComparer.Ordinal);
        Assert.Equal(Newsroom.Noon, changed["elsewhere"].ChangedAt);
        Assert.All(["old", "both", "new"], slug => Assert.Equal(Newsroom.Noon.AddMinutes(5), changed[slug].ChangedAt));
        Assert.Equal((0, 1, 1), (changed["old"].ArticleCount, changed["both"].ArticleCount, changed["new"].ArticleCount));
        Assert.Equal(Newsroom.Noon.AddMinutes(5), (await newsroom.Store.StateAsync(default)).ChangedAt);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_changes_twice_in_a_second_is_seen_to_change_twice(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var seen = new List<(DateTimeOffset Publication, DateTimeOffset Category, long Change)>();
        for (var version = 0; version < 3; version++)
        {
            newsroom.Write("a.md", "A", "2026-03-01", $"version {version}", "categories: [One]");
            await newsroom.ImportAsync();
            var state = await newsroom.Store.StateAsync(default);
            seen.Add((state.ChangedAt, (await newsroom.Store.CategoriesAsync(default))[0].ChangedAt, state.Change));
        }

        var noon = Newsroom.Noon;
        Assert.Equal([(noon, noon, 1), (noon.AddSeconds(1), noon.AddSeconds(1), 2), (noon.AddSeconds(2), noon.AddSeconds(2), 3)], seen);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_author_may_say_when_a_change_was_made(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z", "one", "updated: 2026-02-01T00:00:00Z");
        await newsroom.ImportAsync();
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), (await newsroom.Store.FindAsync("a", default))!.Updated);

        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z", "two", "updated: 2026-03-05T00:00:00Z");
        await newsroom.ImportAsync();
        Assert.Equal(new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero), (await newsroom.Store.FindAsync("a", default))!.Updated);

        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z", "three", "updated: 2026-03-05T00:00:00Z");
        await newsroom.ImportAsync();
        Assert.Equal(Newsroom.Noon, (await newsroom.Store.FindAsync("a", default))!.Updated);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Articles_are_numbered_by_date_and_then_by_name(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("z/early.md", "Z", "2026-01-01T00:00:00Z");
        newsroom.Write("c.md", "C", "2026-02-01T00:00:00Z");
        newsroom.Write("b.md", "B", "2026-02-01T01:00:00+01:00");
        newsroom.Write("a.md", "A", "2026-03-01T00:00:00Z");

        await newsroom.ImportAsync();

        var published = await newsroom.Store.PublishedAsync(0, 4, default);
        Assert.Equal("early b c a", string.Join(' ', published.Select(article => article.Slug)));
        Assert.Equal([1L, 2L, 3L, 4L], published.Select(article => article.Sequence).ToArray());
        Assert.Equal("b c", string.Join(' ', (await newsroom.Store.PublishedAsync(1, 3, default)).Select(article => article.Slug)));
        Assert.Equal("a c b early", string.Join(' ', (await newsroom.Store.LatestAsync(null, 10, default)).Select(article => article.Slug)));
        Assert.Equal("a c", string.Join(' ', (await newsroom.Store.LatestAsync(null, 2, default)).Select(article => article.Slug)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_category_lists_its_own_articles_with_all_their_categories(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-01-01T00:00:00Z", "text", "categories: [Zèbre, Éclair]");
        newsroom.Write("b.md", "B", "2026-01-02T00:00:00Z", "text", "categories: Éclair");
        newsroom.Write("c.md", "C", "2026-01-03T00:00:00Z", "text", "categories: [Fin]");
        newsroom.Write("d.md", "D", "2026-01-03T00:00:00Z", "text", "status: draft", "categories: [Secret, Fin]");
        await newsroom.ImportAsync();

        var articles = await newsroom.Store.LatestAsync("eclair", 20, default);

        Assert.Equal("b, a", string.Join(", ", articles.Select(article => article.Slug)));
        Assert.Equal("Zèbre, Éclair", string.Join(", ", articles[1].Categories.Select(category => category.Name)));
        Assert.Empty(await newsroom.Store.LatestAsync("secret", 20, default));
        // Sorted as people sort, not as bytes are; a category of drafts alone stays unsaid.
        var categories = await newsroom.Store.CategoriesAsync(default);
        Assert.Equal("Éclair 2, Fin 1, Zèbre 1", string.Join(", ", categories.Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Category.Name} {state.ArticleCount}"))));
    }

    [SkippableFact]
    public async Task The_same_folder_gives_the_same_articles_on_both_databases()
    {
        await using var sqlite = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        await using var postgreSql = await Newsroom.OpenAsync(DatabaseProvider.PostgreSql);
        foreach (var newsroom in new[] { sqlite, postgreSql })
        {
            for (var number = 0; number < 40; number++)
            {
                newsroom.Write(
                    string.Create(CultureInfo.InvariantCulture, $"{number:00}.md"),
                    $"Titre n° {number} « à l’œuvre » 🎈",
                    string.Create(CultureInfo.InvariantCulture, $"2026-02-{1 + (number % 28):00}T10:00:00.123+02:00"),
                    $"# Un\n\nTexte {number}[^1] et [lien](../autre).\n\n[^1]: Note.",
                    $"categories: [C{number % 7}, \"c {number % 3}\", É{number % 5}]");
            }

            await newsroom.ImportAsync();
        }

        var expected = await sqlite.Store.LatestAsync(null, 1000, default);
        var actual = await postgreSql.Store.LatestAsync(null, 1000, default);
        Assert.Equal(40, expected.Count);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));
        Assert.Equal(await sqlite.Store.CategoriesAsync(default), await postgreSql.Store.CategoriesAsync(default));
        Assert.Equal(await sqlite.Store.StateAsync(default), await postgreSql.Store.StateAsync(default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Several_imports_and_publishers_at_once_leave_no_gap_and_no_double(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await using var neighbour = newsroom.Neighbour();
        for (var number = 0; number < 60; number++)
        {
            newsroom.Write(string.Create(CultureInfo.InvariantCulture, $"a{number}.md"), "A", number % 3 == 0 ? "2026-03-10T12:00:30Z" : "2026-03-01T00:00:00Z", "text", $"categories: C{number % 4}");
        }

        var imports = Enumerable.Range(0, 4).Select(index => Task.Run(() => (index % 2 == 0 ? newsroom.Get<FolderImport>() : (FolderImport)neighbour.GetService(typeof(FolderImport))!).ImportAsync(newsroom.Folder.Path, default)));
        var reports = await Task.WhenAll(imports);
        newsroom.Clock.Advance(TimeSpan.FromMinutes(1));
        var publishers = Enumerable.Range(0, 4).Select(index => Task.Run(() => (index % 2 == 0 ? newsroom.Get<Store.Publisher>() : (Store.Publisher)neighbour.GetService(typeof(Store.Publisher))!).TickAsync(default)));
        var published = await Task.WhenAll(publishers);

        Assert.Equal(60, reports.Sum(report => report.Added));
        Assert.Equal(0, reports.Sum(report => report.Changed));
        Assert.Equal(20, published.Sum());
        var sequence = (await newsroom.Store.PublishedAsync(0, long.MaxValue, default)).Select(article => article.Sequence).ToArray();
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (long)number).ToArray(), sequence);
        Assert.Equal(60, (await newsroom.Store.StateAsync(default)).Sequence);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Our_own_addresses_follow_the_base_without_a_new_import(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-03-01", "[next](b) [up](/contact) [top](../) [out](https://else.example/x?a=1&b=2)");
        await newsroom.ImportAsync();
        await using var moved = newsroom.Neighbour(("Publication:BaseUrl", "http://new.example/blog/"));

        var here = await newsroom.Store.FindAsync("a", default);
        var there = await ((ArticleStore)moved.GetService(typeof(ArticleStore))!).FindAsync("a", default);

        Assert.Equal(
            "<p><a href=\"https://atelier.example/articles/b\">next</a> <a href=\"https://atelier.example/contact\">up</a> <a href=\"https://atelier.example/\">top</a> <a href=\"https://else.example/x?a=1&amp;b=2\">out</a></p>",
            here!.Html);
        Assert.Equal(
            "<p><a href=\"http://new.example/blog/articles/b\">next</a> <a href=\"http://new.example/contact\">up</a> <a href=\"http://new.example/blog/\">top</a> <a href=\"https://else.example/x?a=1&amp;b=2\">out</a></p>",
            there!.Html);
        Assert.Equal("http://new.example/blog/articles/a", there.Link.AbsoluteUri);
        Assert.Equal(here.Identity, there.Identity);
    }
}
