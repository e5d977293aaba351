using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace Feeds.Articles.Markup;

/// <summary>
/// The one sanitiser: of HTML that anybody may have written it keeps the elements and attributes on a list, and of
/// addresses those of the web and of mail. What is left is inert in pages, feeds and mails.
/// </summary>
internal static class CleanHtml
{
    private const int DeepestElement = 256;
    private const int MostElements = 200_000;

    // With what they hold: a reader must not see a script as text.
    private static readonly FrozenSet<string> Dropped = new[]
    {
        "script", "style", "template", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed", "applet", "svg", "math",
        "xmp", "plaintext", "noembed", "textarea", "select", "title", "head", "audio", "video", "canvas", "dialog", "portal", "marquee",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Elements =
    [
        "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div",
        "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark",
        "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
        "time", "tr", "u", "ul", "var",
    ];

    private static readonly string[] Attributes =
        ["href", "src", "srcset", "sizes", "cite", "alt", "title", "width", "height", "colspan", "rowspan", "scope", "start", "reversed", "datetime", "lang", "dir", "id"];

    private static readonly HtmlSanitizer Sanitizer = Create();

    /// <summary>The document, clean; null where it is nested deeper than 256 elements or so, or has more than 200,000.</summary>
    public static IHtmlDocument? Parse(string html)
    {
        IElement? previous = null;
        var count = 0;
        var parser = new HtmlParser(new HtmlParserOptions
        {
            IsScripting = false,
            OnCreated = (element, _) =>
            {
                // The element at hand has no parent yet. The bound also keeps the parser's own work from growing with the depth.
                if (++count > MostElements || (count % 64 == 0 && Depth(previous) > DeepestElement))
                {
                    throw new TooDeepException();
                }

                previous = element;
            },
        });

        try
        {
            var document = parser.ParseDocument(html);
            foreach (var element in document.Descendants<IElement>().Where(element => Dropped.Contains(element.LocalName)).ToList())
            {
                element.Remove();
            }

            Sanitizer.SanitizeDom(document, document.Body);
            return document;
        }
        catch (TooDeepException)
        {
            return null;
        }
    }

    private static int Depth(INode? node)
    {
        var depth = 0;
        for (; node is not null; node = node.Parent)
        {
            depth++;
        }

        return depth;
    }

    private static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Elements, StringComparer.OrdinalIgnoreCase),
            AllowedAttributes = new HashSet<string>(Attributes, StringComparer.OrdinalIgnoreCase),
            AllowedSchemes = new HashSet<string>(["http", "https", "mailto"], StringComparer.OrdinalIgnoreCase),
            UriAttributes = new HashSet<string>(["href", "src", "cite"], StringComparer.OrdinalIgnoreCase),
            AllowedCssProperties = new HashSet<string>(StringComparer.Ordinal),
            AllowedAtRules = new HashSet<AngleSharp.Css.Dom.CssRuleType>(),
            AllowDataAttributes = false,
        })
        {
            // The text in an unknown element is the author's; only the element goes.
            KeepChildNodes = true,
        };
        return sanitizer;
    }

    private sealed class TooDeepException : Exception
    {
    }
}
