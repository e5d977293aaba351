using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Feeds.Articles.Markup;
using Feeds.Storage;
using FsCheck.Xunit;

namespace Feeds.Articles.Tests;

/// <summary>Addresses in the text of articles: readers of feeds see it on another page than ours.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("<img src=\"a.bin\" srcset=\"a.bin, b.bin 2x\">", "srcset=\"https://atelier.example/articles/a.bin, https://atelier.example/articles/b.bin 2x\"")]
    [InlineData("<img src=\"/a\" srcset=\"/a 480w,/b 800w\" sizes=\"(max-width: 600px) 480px, 800px\">", "srcset=\"https://atelier.example/a 480w, https://atelier.example/b 800w\" sizes=\"(max-width: 600px) 480px, 800px\"")]
    [InlineData("<img src=\"//cdn.example/a\" srcset=\"//cdn.example/a,b,c 1.5x\">", "src=\"https://cdn.example/a\" srcset=\"https://cdn.example/a,b,c 1.5x\"")]
    [InlineData("<img src=\"/a\" srcset=\"javascript:alert(1) 2x, data:image/png;base64,AAAA 3x, mailto:a@b.example 4x\" sizes=\"10px\">", "<img src=\"https://atelier.example/a\" alt=\"\">")]
    [InlineData("<img src=\"/a\" srcset=\"/b 100h, /c expression(1), /d 2x\">", "srcset=\"https://atelier.example/d 2x\"")]
    [InlineData("<img src=\"/a\" srcset=\"\">", "<img src=\"https://atelier.example/a\" alt=\"\">")]
    [InlineData("<img src=\"/a\" srcset=\"/b 2x\" sizes=\"expression('x')\">", "<img src=\"https://atelier.example/a\" srcset=\"https://atelier.example/b 2x\" alt=\"\">")]
    [InlineData("<picture><source srcset=\"/big 2x\"><img src=\"/a\"></picture>", "<img src=\"https://atelier.example/a\" alt=\"\">")]
    [InlineData("<blockquote cite=\"../source\">x</blockquote>", "<blockquote cite=\"https://atelier.example/source\">x</blockquote>")]
    [InlineData("<blockquote cite=\"javascript:alert(1)\">x</blockquote>", "<blockquote>x</blockquote>")]
    [InlineData("<q cite=\"//other.example/a\">x</q>", "<q cite=\"https://other.example/a\">x</q>")]
    [InlineData("<del cite=\"why\">x</del>", "<del cite=\"https://atelier.example/articles/why\">x</del>")]
    [InlineData("<a href=\"//other.example/a b\">x</a>", "<a href=\"https://other.example/a%20b\">x</a>")]
    [InlineData("<a href=\"data:text/html,x\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"vbscript:x\">x</a><a href=\"file:///etc/passwd\">y</a>", "<a>x</a><a>y</a>")]
    [InlineData("<a href=\"\\\\other.example\\a\">x</a>", "<a href=\"https://other.example/a\">x</a>")]
    [InlineData("<a href=\"///etc/passwd\">x</a>", ">x</a>")]
    [InlineData("<a href=\"////etc/passwd\">x</a>", ">x</a>")]
    [InlineData("<a href=\"\\\\\\etc\\passwd\">x</a>", ">x</a>")]
    [InlineData("<a href=\"//\">x</a><a href=\"//[\">y</a>", ">x</a>")]
    [InlineData("<video src=\"/film.mp4\" poster=\"/still.png\">no film</video><b>after</b>", "<b>after</b>")]
    [InlineData("<table background=\"/a.png\"><tr><td background=\"//b.example/b.png\">x</td></tr></table>", "<td>x</td>")]
    [InlineData("![x](//cdn.example/a.bin)", "<img src=\"https://cdn.example/a.bin\" alt=\"x\">")]
    [InlineData("<//cdn.example/a>", "cdn.example/a")]
    public async Task Every_address_is_absolute_and_of_the_web_or_of_mail_or_it_is_gone(string body, string html)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var article = await newsroom.ReadAsync(body);

        Assert.Contains(html, article.Html, StringComparison.Ordinal);
        AssertAbsolute(article.Html);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_picture_in_several_sizes_beside_the_article_is_kept_in_all_of_them(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await File.WriteAllBytesAsync(newsroom.Folder["a.png"], PictureTests.Png);
        await File.WriteAllBytesAsync(newsroom.Folder["a-2.png"], [.. PictureTests.Png, 2]);

        var article = await newsroom.ReadAsync("<img src=\"a.png\" srcset=\"a.png 1x, a-2.png 2x\">");
        var names = SourceSet.Read(new HtmlParser().ParseDocument(article.Html).QuerySelector("img")!.GetAttribute("srcset")!);

        Assert.Equal(["1x", "2x"], names.Select(name => name.Descriptor), StringComparer.Ordinal);
        foreach (var name in names)
        {
            Assert.NotNull(await newsroom.Store.FindMediaAsync(new Uri(name.Address).Segments[^1], default));
        }

        newsroom.Folder.Write("a-2.png", "no picture any more");
        Assert.Contains("a-2.png is no PNG", Assert.Single((await newsroom.ImportAsync()).Refused).Reason, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public void A_set_of_sources_is_read_to_its_end_whatever_it_holds(int[] choices)
    {
        string[] pieces = [" ", ",", "a", "/b.png", "2x", "480w", "1.5x", "-1x", "(", ")", "\t", "\n", "x", "javascript:", "//", "é", "%", ",,", "0w"];
        var written = string.Concat(choices.Select(choice => pieces[(int)((uint)choice % (uint)pieces.Length)]));

        var sources = SourceSet.Read(written);

        // What is read and written again is read the same.
        Assert.Equal(sources, SourceSet.Read(string.Join(", ", sources)));
        Assert.All(sources, source => Assert.DoesNotContain(source.Address, character => char.IsWhiteSpace(character)));
    }

    private static void AssertAbsolute(string html)
    {
        using var document = new HtmlParser().ParseDocument(html);
        foreach (var attribute in document.Body!.QuerySelectorAll("*").SelectMany(element => element.Attributes))
        {
            IEnumerable<string> addresses = attribute.Name switch
            {
                "href" or "src" or "cite" => [attribute.Value],
                "srcset" => SourceSet.Read(attribute.Value).Select(source => source.Address),
                _ => [],
            };
            Assert.All(addresses, written => Assert.True(Uri.TryCreate(written, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "mailto", written));
        }
    }
}
