using System.Buffers;
using System.Text;

namespace Feeds.Host.Pages;

/// <summary>What the text of an article needs on a page and nowhere else; the stored text and the feeds stay as they were written.</summary>
internal static class ArticleText
{
    private const char NoBreak = '\u00A0';
    private const char NarrowNoBreak = '\u202F';
    private static readonly SearchValues<char> Punctuation = SearchValues.Create(";:!?«»%€");

    /// <summary>French has spaces within its punctuation, where no line may end; most keyboards write spaces where one may.</summary>
    /// <param name="text">Plain, or HTML between two tags.</param>
    /// <param name="language">BCP 47 tag of the text.</param>
    public static string Unbroken(string text, string language) =>
        !language.StartsWith("fr", StringComparison.OrdinalIgnoreCase) || text.AsSpan().IndexOfAny(Punctuation) < 0
            ? text
            : text.Replace(" ;", NarrowNoBreak + ";", StringComparison.Ordinal)
                .Replace(" !", NarrowNoBreak + "!", StringComparison.Ordinal)
                .Replace(" ?", NarrowNoBreak + "?", StringComparison.Ordinal)
                .Replace(" :", NoBreak + ":", StringComparison.Ordinal)
                .Replace(" %", NoBreak + "%", StringComparison.Ordinal)
                .Replace(" €", NoBreak + "€", StringComparison.Ordinal)
                .Replace(" »", NoBreak + "»", StringComparison.Ordinal)
                .Replace("« ", "«" + NoBreak, StringComparison.Ordinal);

    /// <summary>
    /// The same for sanitised HTML, but for what stands in <c>pre</c> and <c>code</c>. Tables and preformatted text, which
    /// scroll sideways on a narrow screen, can be reached by keyboard.
    /// </summary>
    /// <param name="html">As it is stored.</param>
    /// <param name="language">BCP 47 tag of the text.</param>
    /// <param name="site">Whose words name what can be reached.</param>
    /// <param name="isBelow">Whether the article's title is no heading of the page's first level, so that those within it go one deeper.</param>
    public static string Html(string html, string language, SiteView site, bool isBelow = false)
    {
        // The corner of a table that heads nothing would be announced as a heading without words.
        html = html.Replace("<th></th>", "<td></td>", StringComparison.Ordinal);
        var page = new StringBuilder(html.Length + 512);
        var literal = 0;
        for (var at = 0; at < html.Length;)
        {
            var tag = html.IndexOf('<', at);
            var text = html[at..(tag < 0 ? html.Length : tag)];
            page.Append(literal > 0 ? text : Unbroken(text, language));
            if (tag < 0)
            {
                break;
            }

            at = EndOfTag(html, tag);
            literal += AppendTag(page, html[tag..at], site, isBelow);
        }

        return page.ToString();
    }

    /// <returns>How much deeper within literal text the tag leads.</returns>
    private static int AppendTag(StringBuilder page, string tag, SiteView site, bool isBelow)
    {
        switch (tag[1..tag.AsSpan().IndexOfAny(" >")])
        {
            case ['h', >= '2' and <= '5' and var level] when isBelow:
                page.Append("<h").Append((char)(level + 1)).Append(tag, 3, tag.Length - 3);
                return 0;
            case ['/', 'h', >= '2' and <= '5' and var level] when isBelow:
                page.Append("</h").Append((char)(level + 1)).Append('>');
                return 0;
            case "table":
                page.Append("<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"").Append(site["Table"]).Append("\">").Append(tag);
                return 0;
            case "/table":
                page.Append(tag).Append("</div>");
                return 0;
            case "pre":
                page.Append("<pre role=\"group\" tabindex=\"0\" aria-label=\"").Append(site["Preformatted text"]).Append('"').Append(tag, 4, tag.Length - 4);
                return 1;
            case "code":
                page.Append(tag);
                return 1;
            case "/pre" or "/code":
                page.Append(tag);
                return -1;
            default:
                page.Append(tag);
                return 0;
        }
    }

    // A value may hold the mark that ends a tag; the sanitiser writes every value in double quotes.
    private static int EndOfTag(string html, int tag)
    {
        var isValue = false;
        for (var at = tag; at < html.Length; at++)
        {
            if (html[at] == '"')
            {
                isValue = !isValue;
            }
            else if (html[at] == '>' && !isValue)
            {
                return at + 1;
            }
        }

        return html.Length;
    }
}
