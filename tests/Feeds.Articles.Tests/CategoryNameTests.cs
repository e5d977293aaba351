using System.Text.RegularExpressions;
using Feeds.Articles.Markup;
using Feeds.Articles.Store;
using Feeds.Storage;
using FsCheck.Xunit;

namespace Feeds.Articles.Tests;

public sealed partial class CategoryNameTests
{
    private static readonly HashSet<string> None = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("Médiocrité & Contentieux", "mediocrite-contentieux")]
    [InlineData("Référencement (SEO)", "referencement-seo")]
    [InlineData("Justice et réglementation", "justice-et-reglementation")]
    [InlineData("Œuvres d’art", "oeuvres-dart")]
    [InlineData("Straße / STRASSE", "strasse-strasse")]
    [InlineData("İstanbul ığüş", "istanbul-igus")]
    [InlineData("№ 5 ½", "no-5-1-2")]
    [InlineData("  ---  IA!  ", "ia")]
    public void A_slug_is_the_name_in_ascii(string name, string slug) =>
        Assert.Equal(slug, CategoryName.Slug(CategoryName.Normalize(name), None));

    [Theory]
    [InlineData("日本語")]
    [InlineData("🎈")]
    [InlineData("!?")]
    public void A_name_without_ascii_letters_has_a_slug_of_its_own(string name)
    {
        var slug = CategoryName.Slug(name, None);

        Assert.Matches(FallbackShape(), slug);
        Assert.Equal(slug, CategoryName.Slug(name, None));
    }

    [Theory]
    [InlineData("Réf  SEO", "R\u0065\u0301f\u00A0SEO")]
    [InlineData("\u202FA \u2009B\t", "A B")]
    [InlineData("so\u00ADft\u200B", "soft")]
    public void Names_that_look_alike_are_the_same(string one, string other) =>
        Assert.Equal(CategoryName.Normalize(one), CategoryName.Normalize(other));

    [Theory]
    [InlineData("IA", "ia")]
    [InlineData("ia", "ía")]
    public void Case_and_accents_make_different_names(string one, string other) =>
        Assert.NotEqual(CategoryName.Normalize(one), CategoryName.Normalize(other), StringComparer.Ordinal);

    [Property(MaxTest = 500)]
    public bool Every_slug_is_a_part_of_an_address(string? name) =>
        SlugShape().IsMatch(CategoryName.Slug(CategoryName.Normalize(name ?? ""), None));

    [Property(MaxTest = 500)]
    public bool Normalising_is_done_once_and_for_all(string? name) =>
        CategoryName.Normalize(name ?? "") is var once && string.Equals(once, CategoryName.Normalize(once), StringComparison.Ordinal);

    [Property(MaxTest = 200)]
    public bool Names_share_no_slug_however_alike_they_are(string?[] names)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return names.Append("a").Append("A").Append("á").Select(name => CategoryName.Normalize(name ?? "")).Distinct(StringComparer.Ordinal)
            .All(name => taken.Add(CategoryName.Slug(name, taken)));
    }

    [Property(MaxTest = 500)]
    public bool Clean_text_can_be_written_as_xml(string? text)
    {
        var clean = PlainText.Clean((text ?? "") + "\0\u0001\uFFFE\uFFFF\uD800x\uDC00🎈");
        System.Xml.XmlConvert.VerifyXmlChars(clean);
        return clean.EndsWith("x🎈", StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public bool A_shortened_line_is_short_and_whole(string? text)
    {
        var line = PlainText.OneLine(string.Concat(Enumerable.Repeat((text ?? "") + "👩‍👩‍👧é ", 20)));
        var shortened = PlainText.Shorten(line, 50);
        System.Xml.XmlConvert.VerifyXmlChars(shortened);
        return shortened.Length <= 50 && (shortened.Length == line.Length || shortened.EndsWith('…'));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Names_that_only_differ_by_accents_are_categories_of_their_own(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Write("a.md", "A", "2026-01-01", "text", "categories: [Été, \"Été \", \"Ete\", ETE]");
        newsroom.Write("b.md", "B", "2026-01-02", "text", "categories: [\"Ete\"]");
        await newsroom.ImportAsync();

        var article = await newsroom.Store.FindAsync("a", default);

        Assert.Equal("Été ete, Ete ete-2, ETE ete-3", string.Join(", ", article!.Categories.Select(category => $"{category.Name} {category.Slug}")));
        Assert.Equal("b, a", string.Join(", ", (await newsroom.Store.LatestAsync("ete-2", 20, default)).Select(found => found.Slug)));
    }

    [GeneratedRegex("^categorie-[0-9a-f]{8}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FallbackShape();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlugShape();
}
