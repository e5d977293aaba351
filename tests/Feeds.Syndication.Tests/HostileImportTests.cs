using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Feeds.Articles;
using Feeds.Storage;
using FsCheck.Xunit;

namespace Feeds.Syndication.Tests;

/// <summary>What anybody may have written, on its whole way from the file to the reader.</summary>
public sealed class HostileImportTests
{
    private static readonly XNamespace Atom = FeedXml.Atom;

    private static readonly string[] Titles =
    [
        "a", " ", "\0", "\uD800", "\uDC00", "]]>", "<b>", "</script>", "&amp;", "&#0;", "--", "-->", "\u202E", "\u2028", "\uFFFE", "\u0085", "\t", "\n", "🚚", "É", "e\u0301", "\"", "\\", "'", ": ",
        "# ", "{{", new string('x', 85), new string('y', 130),
    ];

    private static readonly string[] Names = ["Été", "Ete", "ete", "E\u0301te\u0301", "ÉTÉ", "A & B", "<c>", "]]>", "\0", "\uD800", "  ", "日本", "\u00AD", new string('k', 61), "K\u00A0L", "K L"];

    private static readonly string[] Bodies =
    [
        "word ", "[a](../b) ", "[c](//cdn.example/d) ", "[e](javascript:alert(1)) ", "![f](data:image/png;base64,AAAA) ", "![g](//cdn.example/g.png) ", "<img src=\"/a\" srcset=\"/a 1x, //b.example/b 2x, javascript:c 3x\"> ",
        "<script>alert(1)</script> ", "<q cite=\"javascript:x\">q</q> ", "\0", "\uFFFE", "]]> ", "&#0; ", "&#xD800; ", "<!-- ", "<div", "\n\n", "> ", "- ", "`", "| a | b |\n|---|---|\n", "[^1] ", "\n[^1]: note\n", "# h\n", "[x](<", "\u2028",
        new string('z', 85), "🚚", "\\\\", "<svg><style>", "[p](https://[bad) ", "[q](\\\\host\\share) ",
    ];

    [Property(MaxTest = 40)]
    public async Task Every_article_is_in_all_formats_with_equal_content_or_is_refused_by_file_line_and_reason(int[][] titles, int[][] names, int[][] bodies, uint[] dates)
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        var count = Math.Min(12, Math.Max(4, titles.Length));
        var written = Enumerable.Range(0, count).ToDictionary(number => string.Create(CultureInfo.InvariantCulture, $"{number:00}.md"), number => Pick(Titles, At(titles, number)), StringComparer.Ordinal);
        foreach (var (number, file) in written.Keys.Index())
        {
            var categories = string.Join(", ", At(names, number).Select(choice => Quote(Names[Index(choice, Names)])));
            stand.Articles.Write(file, $"---\ntitle: {Quote(written[file])}\nslug: article-{file[..2]}\ndate: {Date(dates, number)}\ncategories: [{categories}]\n---\nx {Pick(Bodies, At(bodies, number))}\n");
        }

        var report = await stand.ImportAnyAsync();

        Assert.All(report.Refused, refused => Assert.True(written.ContainsKey(refused.File) && refused.Reason.EndsWith('.') && refused.Reason.Length < 500, refused.ToString()));
        Assert.Equal(count, report.Added + report.Refused.Count);
        var articles = await stand.Store.LatestAsync(null, 100, default);
        var (rss, atom, json) = await ReadAsync(stand);
        Assert.Equal((articles.Count, articles.Count, articles.Count), (rss.Count, atom.Count, json.Count));
        foreach (var (place, article) in articles.Index())
        {
            AnyTextTests.AssertSame(article, rss[place], atom[place], json[place]);
            Assert.Equal(Bare(written[$"{article.Slug[^2..]}.md"]), Bare(article.Title));
            Assert.All((string[])["javascript:alert", "<script", "data:image"], danger => Assert.DoesNotContain($"\"{danger}", article.Html, StringComparison.OrdinalIgnoreCase));
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_articles_of_one_second_stand_in_the_order_of_their_publication_in_every_format_of_every_process(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        foreach (var name in (string[])["b", "a", "c"])
        {
            stand.Articles.Write($"{name}.md", $"---\ntitle: {name}\ndate: 2026-03-01T08:00:00Z\ncategories: [K]\n---\nText.\n");
        }

        await stand.ImportAsync();

        var (rss, atom, json) = await ReadAsync(stand);
        Assert.Equal("cba", string.Concat(rss.Select(item => item.Element("title")!.Value)));
        Assert.Equal("cba", string.Concat(atom.Select(entry => entry.Element(Atom + "title")!.Value)));
        Assert.Equal("cba", string.Concat(json.Select(item => JsonFeedTests.Text(item, "title"))));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Categories_that_differ_by_accent_or_case_alone_have_a_feed_each(DatabaseProvider provider)
    {
        await using var stand = await Newsstand.OpenAsync(provider);
        string[] names = ["Été", "Ete", "été", "ÉTÉ"];
        foreach (var (number, name) in names.Index())
        {
            stand.Write(number + 1, name);
        }

        await stand.ImportAsync();

        var titles = new List<string>();
        foreach (var category in await stand.Store.CategoriesAsync(default))
        {
            var feed = JsonFeedTests.Read((await stand.FindAsync($"categories/{category.Category.Slug}/feed.json")).Body.ToArray());
            Assert.Equal([category.Category.Name], feed.GetProperty("items").EnumerateArray().Single().GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!), StringComparer.Ordinal);
            titles.Add(category.Category.Name);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), titles.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("title: \"\"\ndate: 2026-03-01\n", 2, "title is missing")]
    [InlineData("title: \"\\0 \\uFFFE\"\ndate: 2026-03-01\n", 2, "title is missing")]
    [InlineData("title: \"a \\uD800\"\ndate: 2026-03-01\n", 2, "not valid YAML")]
    [InlineData("title: T\ndate: 2026-03-01\ncategories: [SIXTY]\n", 4, "at most 50 names")]
    public async Task What_no_feed_could_show_is_refused_by_name(string lines, int line, string reason)
    {
        await using var stand = await Newsstand.OpenAsync(DatabaseProvider.Sqlite);
        stand.Articles.Write("a.md", $"---\n{lines.Replace("SIXTY", string.Join(", ", Enumerable.Range(1, 60).Select(number => FormattableString.Invariant($"K{number}"))), StringComparison.Ordinal)}---\nText.\n");

        var refused = Assert.Single((await stand.ImportAnyAsync()).Refused);

        Assert.Equal(line, refused.Line);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }

    private static async Task<(List<XElement> Rss, List<XElement> Atom, List<JsonElement> Json)> ReadAsync(Newsstand stand) =>
    (
        [.. FeedWriterTests.Parse((await stand.FindAsync("feed.rss")).Body.ToArray()).Root!.Element("channel")!.Elements("item")],
        [.. FeedWriterTests.Parse((await stand.FindAsync("feed.atom")).Body.ToArray()).Root!.Elements(Atom + "entry")],
        [.. JsonFeedTests.Read((await stand.FindAsync("feed.json")).Body.ToArray()).GetProperty("items").EnumerateArray()]
    );

    // In 1970, this year, this year in the same second, and in 2090, when it is not published yet.
    private static string Date(uint[] dates, int number) => (dates.Length == 0 ? (uint)number : dates[number % dates.Length]) is var choice && choice % 8 == 0
        ? "2090-01-01T00:00:00Z"
        : DateTimeOffset.FromUnixTimeSeconds(choice % 3 == 0 ? 0 : choice % 3 == 1 ? 1_772_000_000 : 1_770_000_000 + (choice % 1_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static int[] At(int[][] choices, int number) => choices.Length == 0 ? [number] : choices[number % choices.Length];

    private static string Pick(string[] pieces, int[] choices) => string.Concat(choices.Select(choice => pieces[Index(choice, pieces)]));

    private static int Index(int choice, string[] pieces) => (int)((uint)choice % (uint)pieces.Length);

    // Every character by its number: files hold no lone surrogate, but front matter can name one.
    private static string Quote(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        for (var at = 0; at < text.Length; at++)
        {
            var isPair = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
            quoted.Append(isPair ? FormattableString.Invariant($"\\U{char.ConvertToUtf32(text[at], text[at + 1]):X8}") : FormattableString.Invariant($"\\u{(int)text[at]:X4}"));
            at += isPair ? 1 : 0;
        }

        return quoted.Append('"').ToString();
    }

    // What XML can write, without the space that a line of text does not need.
    private static string Bare(string text) =>
        string.Concat(FeedXml.Clean(text).Where(character => character is '\u00A0' || !char.IsWhiteSpace(character)));
}
