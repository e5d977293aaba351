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
}
