using System.Text;
using Feeds.Articles.Files;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class RefusalTests
{
    [Theory, Attack(23)]
    [InlineData("date: 2026-03-01\n", 1, "title is missing")]
    [InlineData("title:   \ndate: 2026-03-01\n", 2, "title is missing")]
    [InlineData("title: T\n", 1, "date is missing")]
    [InlineData("title: T\ndate: soon\n", 3, "“soon” is not a date")]
    [InlineData("title: T\ndate: 2026-02-30\n", 3, "is not a date")]
    [InlineData("title: T\ndate: 2026-03-01T25:00:00Z\n", 3, "is not a date")]
    [InlineData("title: T\ndate: 2026-03-01T08:00:00 Europe/Atlantis\n", 3, "“Europe/Atlantis” is no time zone")]
    [InlineData("title: T\ndate: 2026-03-01T08:00:00 ../../etc/passwd\n", 3, "is no time zone")]
    [InlineData("title: T\ndate: 2026-03-01T08:00:00+25:00\n", 3, "No place on Earth")]
    [InlineData("title: T\ndate: 0001-01-01T00:00:00+14:00\n", 3, "can't be meant")]
    [InlineData("title: T\ndate: 2026-03-01\nupdated: later\n", 4, "updated: “later” is not a date")]
    [InlineData("title: T\ndate: 2026-03-01\nslug: ../../outside\n", 4, "such as outside")]
    [InlineData("title: T\ndate: 2026-03-01\nslug: Été\n", 4, "such as ete")]
    [InlineData("title: T\ndate: 2026-03-01\nslug: \"%2e%2e\"\n", 4, "can't be part of an address")]
    [InlineData("title: T\ndate: 2026-03-01\nlang: en_US\n", 4, "no language tag")]
    [InlineData("title: T\ndate: 2026-03-01\nstatus: hidden\n", 4, "published, draft or removed")]
    [InlineData("title: T\ndate: 2026-03-01\nminor: perhaps\n", 4, "neither true nor false")]
    [InlineData("title: T\ndate: 2026-03-01\nreason: [a, b]\n", 4, "reason takes one value")]
    [InlineData("title: T\ndate: 2026-03-01\nformerly:\n- fine\n- Été\n", 6, "such as ete")]
    [InlineData("title: T\ndate: 2026-03-01\nformerly:\n  a: b\n", 4, "formerly takes a slug or a list of at most 20")]
    [InlineData("title: T\ndate: 2026-03-01\nformerly: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u]\n", 4, "formerly takes a slug or a list of at most 20")]
    [InlineData("title: T\ndate: 2026-03-01\nurl: javascript:alert(1)\n", 4, "no address of a page")]
    [InlineData("title: T\ndate: 2026-03-01\nurl: /relative\n", 4, "no address of a page")]
    [InlineData("title: T\ndate: 2026-03-01\ncategories:\n  - Fine\n  - \"  \"\n", 6, "Use 1 to 60")]
    [InlineData("title: T\ndate: 2026-03-01\ncategories:\n  a: b\n", 4, "categories takes")]
    [InlineData("title: T\ndate: 2026-03-01\nimage: gone.png\n", 4, "is not there")]
    [InlineData("title: T\ndate: 2026-03-01\nimage: javascript:alert(1)\n", 4, "neither an address")]
    [InlineData("title: T\ndate: 2026-03-01\nimage: ../../secret.png\n", 4, "is not there")]
    [InlineData("title: T\ndate: 2026-03-01\ntitle: U\n", 4, "title is written twice")]
    [InlineData("title: Vendre: comment faire\ndate: 2026-03-01\n", 2, "not valid YAML")]
    [InlineData("title: \"unfinished\ndate: 2026-03-01\n", 2, "not valid YAML")]
    [InlineData("date: 2026-03-01\ntitle: \"\\uD83D\\u0041\"\n", 3, "half of a character")]
    [InlineData("title: [a, b]\ndate: 2026-03-01\n", 2, "title takes one value")]
    [InlineData("just some words\n", 2, "“key: value”")]
    [InlineData("", 2, "“key: value”")]
    public async Task Front_matter_that_can_not_be_used_is_refused_by_line_and_reason(string lines, int line, string reason)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Folder.Write("in/bad.md", $"---\n{lines}---\ntext\n");
        newsroom.Write("good.md", "Good", "2026-03-01");

        var report = await newsroom.ImportAsync();

        var refused = Assert.Single(report.Refused);
        Assert.Equal(("in/bad.md", line), (refused.File, refused.Line));
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(1, report.Added);
    }

    [Fact, Attack(20)]
    public async Task A_file_that_is_no_article_at_all_is_refused_for_what_it_is()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        var folder = newsroom.Folder;
        folder.Write("1-empty.md", "");
        folder.Write("2-plain.md", "# No front matter");
        folder.Write("3-endless.md", "---\ntitle: T\ndate: 2026-03-01\n");
        await File.WriteAllBytesAsync(folder["4-latin.md"], [.. "---\ntitle: "u8, 0xC9, .. "t\ndate: 2026-03-01\n---\n"u8]);
        await File.WriteAllTextAsync(folder["5-utf16.md"], "---\ntitle: T\n---\n", Encoding.Unicode);
        folder.Write("6-huge.md", "---\ntitle: T\ndate: 2026-03-01\n---\n" + new string('x', 10 * 1024 * 1024));
        folder.Write("7-long.md", "---\ntitle: T\ndate: 2026-03-01\nx: " + new string('x', 70 * 1024) + "\n---\n");
        folder.Write("8-deep.md", "---\ntitle: T\ndate: 2026-03-01\n---\n" + string.Concat(Enumerable.Repeat("<div>", 100_000)));
        folder.Write("9-linked.md", "---\ntitle: T\ndate: 2026-03-01\n---\n" + string.Concat(Enumerable.Repeat("[a](", 500_000)));
        folder.Write("9-many.md", "---\ntitle: T\ndate: 2026-03-01\n---\n" + string.Concat(Enumerable.Repeat("<b a>x</b>", 201_000)));
        folder.Write("9-quoted.md", "---\ntitle: T\ndate: 2026-03-01\n---\n" + new string('>', 100_000));

        var report = await newsroom.ImportAsync();

        Assert.Equal(
            """
            1-empty.md:1 The file does not begin with front matter.
            2-plain.md:1 The file does not begin with front matter.
            3-endless.md:1 The front matter has no end.
            4-latin.md:2 The file is not UTF-8 text.
            5-utf16.md:1 The file is not UTF-8 text.
            6-huge.md:0 The file has 10 MB of text; an article may have 2 MB.
            7-long.md:1 The front matter is longer than 64 KB.
            8-deep.md:0 The text has too many elements, or too many within one another, to be read.
            9-linked.md:0 The text has more than 10000 links, brackets or definitions.
            9-many.md:0 The text has too many elements, or too many within one another, to be read.
            9-quoted.md:0 The text has too many elements, or too many within one another, to be read.
            """,
            string.Join('\n', report.Refused.Select(file => $"{file.File}:{file.Line} {file.Reason[..(file.Reason.IndexOf(". ", StringComparison.Ordinal) + 1)]}")));
    }

    [Fact, Attack(18), Attack(20)]
    public async Task Deep_or_cyclic_front_matter_is_harmless()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Write("deep.md", "Deep", "2026-03-01", "text", $"unknown: {new string('[', 5000)}{new string(']', 5000)}");
        newsroom.Write("alias.md", "Alias", "2026-03-01", "text", "a: &a [x, *a, *a]", "b: &b [*a, *a]");
        // A thousand million words, if each alias were replaced by what it stands for.
        string[] laughs = ["a: &a [lol]", .. Enumerable.Range('b', 9).Select(letter => $"{(char)letter}: &{(char)letter} [{string.Join(", ", Enumerable.Repeat($"*{(char)(letter - 1)}", 10))}]")];
        newsroom.Write("laughs.md", "Laughs", "2026-03-01", "text", [.. laughs, "categories: *j"]);
        newsroom.Write("merged.md", "Merged", "2026-03-01", "text", [.. laughs, "<<: *j", "summary: *j"]);

        var report = await newsroom.ImportAsync();

        Assert.Equal(4, report.Added + report.Refused.Count);
        Assert.Contains("alias", (await newsroom.Store.LatestAsync(null, 10, default)).Select(article => article.Slug), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_refused_file_leaves_its_article_as_it_was(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        var before = await newsroom.ReadAsync("good");
        newsroom.Write("sample.md", "Sample", "no date", "bad");

        var report = await newsroom.ImportAsync();

        Assert.Single(report.Refused);
        Assert.Equal(before.Html, (await newsroom.Store.FindAsync("sample", default))!.Html);
    }

    [Fact]
    public async Task Of_two_files_with_one_slug_the_earlier_article_wins_and_the_other_is_told()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Write("a.md", "Later", "2026-03-02", "text", "slug: same");
        newsroom.Write("b.md", "Earlier", "2026-03-01", "text", "slug: same");

        for (var round = 0; round < 2; round++)
        {
            var refused = Assert.Single((await newsroom.ImportAsync()).Refused);
            Assert.Equal(("a.md", 4), (refused.File, refused.Line));
            Assert.Contains("b.md has the slug same", refused.Reason, StringComparison.Ordinal);
            Assert.Equal("Earlier", (await newsroom.Store.FindAsync("same", default))!.Title);
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var missing = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => newsroom.Get<FolderImport>().ImportAsync(newsroom.Folder["none"], default));

        Assert.Contains(newsroom.Folder["none"], missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Editors_files_and_hidden_folders_are_no_articles()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        foreach (var name in new[] { ".hidden.md", "#lock.md", "~tmp.md", "a.md~", "a.md.swp", "a.txt", ".git/a.md", "4913" })
        {
            newsroom.Folder.Write(name, "not an article");
        }

        Directory.CreateSymbolicLink(newsroom.Folder["circle"], newsroom.Folder.Path);
        newsroom.Write("below/REAL.MD", "Real", "2026-03-01");

        var report = await newsroom.ImportAsync();

        Assert.Equal((1, 0), (report.Added, report.Refused.Count));
        Assert.NotNull(await newsroom.Store.FindAsync("real", default));
    }

    [Theory]
    [InlineData("2026-03-29T08:00:00+02:00", "2026-03-29T06:00:00Z")]
    [InlineData("2026-03-29T08:00:00Z", "2026-03-29T08:00:00Z")]
    [InlineData("2026-03-29 08:00:00 +0200", "2026-03-29T06:00:00Z")]
    [InlineData("2026-03-29T08:00-05", "2026-03-29T13:00:00Z")]
    [InlineData("2026-03-29T08:00:00.25Z", "2026-03-29T08:00:00.25Z")]
    [InlineData("2026-01-29T08:00:00", "2026-01-29T07:00:00Z")]
    [InlineData("2026-07-29T08:00:00", "2026-07-29T06:00:00Z")]
    [InlineData("2026-07-29", "2026-07-28T22:00:00Z")]
    [InlineData("2026-07-29T08:00:00 America/New_York", "2026-07-29T12:00:00Z")]
    [InlineData("2026-03-29T02:30:00", "2026-03-29T01:30:00Z")]
    [InlineData("2026-10-25T02:30:00", "2026-10-25T01:30:00Z")]
    public void A_date_is_read_with_its_offset_or_in_the_publications_zone(string written, string instant)
    {
        var date = ArticleDate.Read(written, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"), out _);

        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("2025-05-05-ovh-gagne.md", "T", "ovh-gagne")]
    [InlineData("sub/L’été à Nantes.md", "T", "lete-a-nantes")]
    [InlineData("2025-05-05.md", "Titre d’été", "titre-dete")]
    [InlineData("2025-05-05-日本.md", "Ein Maß", "ein-mass")]
    public async Task Where_no_slug_is_written_the_name_or_the_title_gives_it(string file, string title, string slug)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Write(file, title, "2026-03-01");

        Assert.Empty((await newsroom.ImportAsync()).Refused);
        Assert.NotNull(await newsroom.Store.FindAsync(slug, default));
    }

    [Fact]
    public async Task A_byte_order_mark_and_line_ends_of_another_system_make_no_difference()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        await File.WriteAllTextAsync(newsroom.Folder["a.md"], "---\r\ntitle: T\r\ndate: 2026-03-01\r\n---\r\none\r\n\r\ntwo\r\n", Encoding.UTF8);

        Assert.Empty((await newsroom.ImportAsync()).Refused);
        Assert.Equal("<p>one</p>\n<p>two</p>", (await newsroom.Store.FindAsync("a", default))!.Html);
    }
}
