using System.Net;
using System.Text;

namespace Feeds.Newsletter.Content;

/// <summary>
/// An article's sanitised HTML for a mail: every style on its element, since several providers drop the style element, and
/// as plain text. The sanitiser writes every value in double quotes and closes what it opens, so tags can be walked.
/// </summary>
internal static class FullText
{
    private const string Sans = "font-family:Verdana,Arial,sans-serif;font-size:16px;line-height:26px;color:#21201d;";
    private const string Heading = "margin:24px 0 8px;font-family:Georgia,'Times New Roman',serif;font-weight:bold;color:#21201d;";
    private static readonly string[] Kept = ["href", "src", "alt", "title", "width", "height", "colspan", "rowspan", "scope", "start", "reversed", "datetime", "lang", "dir", "cite"];

    /// <summary>As HTML that stands below a heading of the second level.</summary>
    public static string Html(string html)
    {
        var mail = new StringBuilder(html.Length * 2);
        foreach (var piece in Walk(html))
        {
            if (!piece.IsTag)
            {
                mail.Append(piece.Text);
                continue;
            }

            var name = Renamed(piece.Name);
            if (piece.IsEnd)
            {
                mail.Append("</").Append(name).Append('>');
                continue;
            }

            mail.Append('<').Append(name);
            foreach (var (attribute, value) in Attributes(piece.Text).Where(one => Kept.Contains(one.Name, StringComparer.Ordinal)))
            {
                mail.Append(' ').Append(attribute).Append("=\"").Append(value).Append('"');
            }

            mail.Append(Look(piece.Name)).Append('>');
        }

        return PlainText.Inert(mail.ToString());
    }

    /// <summary>As plain text: paragraphs apart, a mark before each item, the address behind each link.</summary>
    public static string Text(string html, Func<string, string> picture)
    {
        var text = new StringBuilder(html.Length);
        var links = new Stack<string>();
        foreach (var piece in Walk(html))
        {
            switch (piece)
            {
                case { IsTag: false }:
                    text.Append(WebUtility.HtmlDecode(piece.Text).ReplaceLineEndings(" "));
                    break;
                case { Name: "a", IsEnd: false }:
                    links.Push(Attributes(piece.Text).FirstOrDefault(one => one.Name is "href").Value ?? "");
                    break;
                case { Name: "a" } when links.TryPop(out var link) && WebUtility.HtmlDecode(link) is { Length: > 0 } address:
                    text.Append(EndsWith(text, address) ? " " : $" {address} ");
                    break;
                case { Name: "img" } when Attributes(piece.Text).FirstOrDefault(one => one.Name is "alt").Value is { Length: > 0 } alternative:
                    text.Append(picture(WebUtility.HtmlDecode(alternative)));
                    break;
                case { Name: "li", IsEnd: false }:
                    text.Append("\n- ");
                    break;
                case { Name: "br" or "tr" or "dt" or "dd", IsEnd: false }:
                    text.Append('\n');
                    break;
                case { Name: "td" or "th", IsEnd: false } when text.Length > 0 && text[^1] != '\n':
                    text.Append(" · ");
                    break;
                case { Name: "p" or "div" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "ul" or "ol" or "dl" or "blockquote" or "pre" or "table" or "figure" or "figcaption" or "hr" }:
                    text.Append("\n\n");
                    break;
            }
        }

        return PlainText.Inert(text.ToString().Trim());
    }

    // A link whose words are its address says it once; what follows must not be read as a part of it.
    private static bool EndsWith(StringBuilder text, string end) =>
        text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length).Equals(end, StringComparison.Ordinal);

    private static string Renamed(string name) => name is ['h', >= '1' and <= '5'] ? $"h{Math.Max(3, name[1] - '0' + 1)}" : name;

    private static string Look(string name) => name switch
    {
        "p" or "dd" or "dt" or "figcaption" => $" class=\"text\" style=\"margin:0 0 16px;{Sans}\"",
        "ul" or "ol" => $" class=\"text\" style=\"margin:0 0 16px;padding:0 0 0 24px;{Sans}\"",
        "blockquote" => " class=\"text\" style=\"margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid #8c2f14;color:#21201d;\"",
        "h1" or "h2" => $" class=\"text\" style=\"{Heading}font-size:20px;line-height:26px;\"",
        "h3" or "h4" or "h5" or "h6" => $" class=\"text\" style=\"{Heading}font-size:17px;line-height:24px;\"",
        "a" => " class=\"accent\" style=\"color:#8c2f14;text-decoration:underline;\"",
        "img" => " class=\"text\" style=\"max-width:100%;height:auto;border:0;\"",
        "table" => $" class=\"text\" style=\"margin:0 0 16px;border-collapse:collapse;{Sans}\"",
        "th" or "td" => " class=\"rule\" style=\"padding:6px 12px 6px 0;border-top:1px solid #e3ddd2;text-align:left;vertical-align:top;\"",
        "pre" => " class=\"text\" style=\"margin:0 0 16px;white-space:pre-wrap;font-size:14px;line-height:20px;color:#21201d;\"",
        "figure" => " style=\"margin:0 0 16px;\"",
        _ => "",
    };

    private static IEnumerable<Piece> Walk(string html)
    {
        for (var at = 0; at < html.Length;)
        {
            var tag = html.IndexOf('<', at);
            if (tag != at)
            {
                yield return new Piece(html[at..(tag < 0 ? html.Length : tag)], "", false);
            }

            if (tag < 0)
            {
                break;
            }

            at = EndOfTag(html, tag);
            var whole = html[tag..at];
            var isEnd = whole.StartsWith("</", StringComparison.Ordinal);
            var start = isEnd ? 2 : 1;
            var length = whole.AsSpan(start).IndexOfAny(" >/");
            yield return new Piece(whole, length < 0 ? whole[start..] : whole.Substring(start, length), isEnd);
        }
    }

    private static IEnumerable<(string Name, string Value)> Attributes(string tag)
    {
        for (var equals = tag.IndexOf("=\"", StringComparison.Ordinal); equals > 0;)
        {
            var name = tag.LastIndexOf(' ', equals);
            var end = tag.IndexOf('"', equals + 2);
            if (name < 0 || end < 0)
            {
                yield break;
            }

            yield return (tag[(name + 1)..equals], tag[(equals + 2)..end]);
            equals = tag.IndexOf("=\"", end + 1, StringComparison.Ordinal);
        }
    }

    // A value may hold the mark that ends a tag.
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

    private sealed record Piece(string Text, string Name, bool IsEnd)
    {
        public bool IsTag => Name.Length > 0;
    }
}
