using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Feeds.Articles.Markup;
using Feeds.Storage;
using FsCheck.Xunit;

namespace Feeds.Articles.Tests;

public sealed class MarkupTests
{
    [Theory, Attack(4), Attack(5), Attack(6)]
    [InlineData("<script>alert(1)</script>after", "after")]
    [InlineData("a <img src=x.bin onerror=alert(1)> b", "<p>a <img src=\"https://atelier.example/articles/x.bin\" alt=\"\"> b</p>")]
    [InlineData("[x](javascript:alert(1))", "<p><a>x</a></p>")]
    [InlineData("[x](<java\tscript:alert(1)>)", "<p><a>x</a></p>")]
    [InlineData("<a href=\"&#106;avascript&colon;alert(1)\">x</a>", "<p><a>x</a></p>")]
    [InlineData("<a href=\" \u0001javascript:alert(1)\">x</a>", "<p><a>x</a></p>")]
    [InlineData("![x](data:image/svg+xml;base64,PHN2Zz4=)", "<p></p>")]
    [InlineData("<svg><style><img src=x onerror=alert(1)></style></svg>text", "alt=\"\">text</p>")]
    [InlineData("<math><mi><style><img title=\"</style><img src onerror=alert(1)>\"></style></mi></math>text", "text")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>text", "text")]
    [InlineData("<iframe src=\"https://evil.example\">x</iframe>text", "text")]
    [InlineData("<form action=/x><input name=a><button>go</button></form>", "go")]
    [InlineData("<div style=\"position:fixed;background:url(//evil.example)\" class=\"top\" id=\"location\" onclick=\"x()\">text</div>", "<div>text</div>")]
    [InlineData("<font color=red>kept</font>", "<p>kept</p>")]
    [InlineData("<!-- secret --><b>x</b><!--><script>alert(1)</script>-->", "<b>x</b>")]
    [InlineData("<img src=\"https://a.example/a.png\" srcset=\"https://b.example/b.png 2x\" alt=A>", "<img src=\"https://a.example/a.png\" srcset=\"https://b.example/b.png 2x\" alt=\"A\">")]
    [InlineData("<div srcset=\"https://b.example/b.png 2x\">text</div>", "<div>text</div>")]
    [InlineData("<base href=\"https://evil.example/\"><a href=\"b\">b</a>", "<a href=\"https://atelier.example/articles/b\">b</a>")]
    [InlineData("<textarea><img src=x onerror=alert(1)></textarea>text", "text")]
    [InlineData("<video src=x><source src=y>no video</video>text", "text")]
    [InlineData("<td>cell</td><body onload=alert(1)>text", "text")]
    public async Task What_could_act_is_gone_and_the_text_stays(string body, string html)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync(body);

        Assert.Contains(html, article.Html, StringComparison.Ordinal);
        AssertInert(article.Html);
    }

    [Property(MaxTest = 300), Attack(4), Attack(5), Attack(6)]
    public void No_mixture_of_dangerous_pieces_gets_through(int[] choices)
    {
        string[] pieces =
        [
            "<svg>", "<math>", "<mi>", "<mtext>", "<style>", "</style>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<table>", "<a href='javascript:alert(1)'>",
            "<!--", "-->", "--!>", "<title>", "</title>", "<noscript>", "</noscript>", "<template>", "</template>", "<p title=\"", "\">", "<form>", "<select>", "<option>",
            "<mglyph>", "<malignmark>", "<annotation-xml encoding=text/html>", "<foreignObject>", "</svg>", "</math>", "</p>", "<br>", "<textarea>", "<xmp>", "<plaintext>", "]]>", "<![CDATA[", "\u001A", "<b", ">", "&lt;script&gt;",
        ];
        var body = string.Concat(choices.Select(choice => pieces[(int)((uint)choice % (uint)pieces.Length)]));

        using var document = CleanHtml.Parse(body);

        AssertInert(document!.Body!.InnerHtml, isStored: false);
    }

    [Fact]
    public async Task Markdown_is_rendered_with_tables_code_notes_and_definitions()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync(
            """
            A line with `code`, ~~struck~~ and www.example.org too.[^1]

            | a | b |
            |---|--:|
            | 1 | 2 |

            ```csharp
            var x = "<b>";
            ```

            [^1]: A note.

            Term
            :   Meaning
            """);

        Assert.Equal(
            """
            <p>A line with <code>code</code>, <del>struck</del> and <a href="https://www.example.org/">www.example.org</a> too.<a id="fnref:1" href="https://atelier.example/articles/sample#fn:1"><sup>1</sup></a></p>
            <table>
            <thead>
            <tr>
            <th>a</th>
            <th>b</th>
            </tr>
            </thead>
            <tbody>
            <tr>
            <td>1</td>
            <td>2</td>
            </tr>
            </tbody>
            </table>
            <pre><code>var x = "&lt;b&gt;";
            </code></pre>
            <dl>
            <dt>Term</dt>
            <dd>Meaning</dd>
            </dl>
            <div>
            <hr>
            <ol>
            <li id="fn:1">
            <p>A note.<a href="https://atelier.example/articles/sample#fnref:1">↩</a></p>
            </li>
            </ol>
            </div>
            """,
            article.Html);
        Assert.Equal("A line with code, struck and www.example.org too.", article.Summary);
    }

    [Theory]
    [InlineData("# A\n\n## B\n\n# C", "h2 h3 h2")]
    [InlineData("## A\n\n### B\n\n#### C", "h2 h3 h4")]
    [InlineData("#### A\n\n#### B\n\n## C", "h2 h2 h2")]
    [InlineData("## A\n\n#### B\n\n#### C\n\n### D", "h2 h3 h3 h3")]
    [InlineData("# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F", "h2 h3 h4 h5 h6 h6")]
    public async Task Headings_begin_below_the_title_and_skip_no_level(string body, string levels)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync(body);

        using var document = new HtmlParser().ParseDocument(article.Html);
        Assert.Equal(levels, string.Join(' ', document.QuerySelectorAll("h1,h2,h3,h4,h5,h6").Select(heading => heading.LocalName)));
    }

    [Theory]
    [InlineData("../other", "https://blog.example/posts/other")]
    [InlineData("/root", "https://blog.example/root")]
    [InlineData("#part", "https://blog.example/posts/one/#part")]
    [InlineData("//cdn.example/x", "https://cdn.example/x")]
    [InlineData("?a=1&amp;b=2", "https://blog.example/posts/one/?a=1&amp;b=2")]
    [InlineData("mailto:ada@example.org", "mailto:ada@example.org")]
    [InlineData("HTTPS://Example.org/É", "https://example.org/%C3%89")]
    public async Task Relative_addresses_start_at_the_canonical_one(string written, string absolute)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync($"<a href=\"{written}\">x</a>", "url: https://blog.example/posts/one/");

        Assert.Equal($"<p><a href=\"{absolute}\">x</a></p>", article.Html);
        Assert.Equal("https://blog.example/posts/one/", article.Link.AbsoluteUri);
    }

    [Fact]
    public async Task Titles_and_summaries_are_text_and_not_markup()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        newsroom.Folder.Write("a.md", "---\ntitle: <b>*Bold*</b> &amp; “\\0”\ndate: 2026-03-01\nsummary: \"1 < 2\\n and  3\\u00A0€ \\u0007\"\n---\n**First** <i>line</i> &#x1; \u0002 [^1]\ngoes on.\n\n[^1]: Note\n");

        Assert.Empty((await newsroom.ImportAsync()).Refused);

        var article = (await newsroom.Store.FindAsync("a", default))!;
        Assert.Equal("<b>*Bold*</b> &amp; “\\0”", article.Title);
        Assert.Equal("1 < 2 and 3\u00A0€", article.Summary);
        System.Xml.XmlConvert.VerifyXmlChars(article.Html);
    }

    [Fact]
    public async Task A_summary_is_the_first_paragraph_cut_after_a_word()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync($"# Heading\n\n{string.Join(' ', Enumerable.Repeat("paragraphe", 100))}\n\nSecond.");

        Assert.InRange(article.Summary.Length, 380, 400);
        Assert.EndsWith("paragraphe…", article.Summary, StringComparison.Ordinal);
    }

    private static void AssertInert(string html, bool isStored = true)
    {
        using var document = new HtmlParser(new HtmlParserOptions { IsScripting = true }).ParseDocument(html);
        foreach (var element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.Equal("http://www.w3.org/1999/xhtml", element.NamespaceUri);
            Assert.DoesNotContain(element.LocalName, (string[])["script", "style", "iframe", "object", "embed", "form", "input", "base", "meta", "link", "template", "noscript", "textarea", "select", "title"], StringComparer.Ordinal);
            foreach (var attribute in element.Attributes)
            {
                Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), attribute.Name);
                Assert.DoesNotContain(attribute.Name, (string[])["style", "class", "formaction", "poster", "ping", "background"], StringComparer.Ordinal);
                if (isStored && attribute.Name is "srcset")
                {
                    Assert.All(SourceSet.Read(attribute.Value), source => Assert.True(Uri.TryCreate(source.Address, UriKind.Absolute, out var address) && address.Scheme is "http" or "https", attribute.Value));
                }

                if (isStored && attribute.Name is "href" or "src" or "cite")
                {
                    Assert.True(Uri.TryCreate(attribute.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "mailto", attribute.Value);
                }
            }
        }
    }
}
