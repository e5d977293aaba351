using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Feeds.Articles.Files;
using Feeds.Articles.Store;
using Markdig;

namespace Feeds.Articles.Markup;

/// <summary>An article's text, ready to be stored, and the files that it looked for.</summary>
internal sealed record RenderedText(string Html, string FirstParagraph, IReadOnlyList<string> Pictures);

/// <summary>Turns the Markdown of an article into clean HTML whose addresses are absolute or marked as our own.</summary>
internal static partial class ArticleMarkup
{
    // The time that Markdig takes grows with the square of these.
    private const int MostOfOneKind = 10_000;
    private static readonly string[] Slow = ["[", "://", "www.", "mailto:", "tel:", "\n:"];

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder { MaximumNestingDepth = 100 }
        .UsePipeTables()
        .UseAutoLinks(new Markdig.Extensions.AutoLinks.AutoLinkOptions { UseHttpsForWWWLinks = true })
        .UseFootnotes()
        .UseEmphasisExtras()
        .UseDefinitionLists()
        .Build();

    /// <summary>The text, or null and why.</summary>
    public static async Task<(RenderedText? Text, Refusal? Refusal)> RenderAsync(ArticleFile article, FolderPictures pictures, CancellationToken cancellationToken)
    {
        const string TooDeep = "The text has too many elements, or too many within one another, to be read. Divide it, or take lists, quotes and HTML elements out of one another.";
        if (Slow.Any(mark => article.Body.AsSpan().Count(mark) > MostOfOneKind))
        {
            return (null, new Refusal(0, $"The text has more than {MostOfOneKind} links, brackets or definitions. Divide it."));
        }

        string html;
        try
        {
            html = Markdown.ToHtml(PlainText.Clean(article.Body), Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's way of saying so.
            return (null, new Refusal(0, TooDeep));
        }

        using var document = CleanHtml.Parse(html);
        if (document?.Body is not { } body)
        {
            return (null, new Refusal(0, TooDeep));
        }

        var found = new PictureMarkup(article, pictures);
        foreach (var element in body.Descendants<IElement>().ToList())
        {
            CleanAttributes(element);
            if (element.LocalName is "img")
            {
                await found.SetAsync(element, cancellationToken);
            }
            else
            {
                SetAddress(element, "href", article);
                SetAddress(element, "cite", article);
            }
        }

        if (found.Refusal is { } unusable)
        {
            return (null, new Refusal(0, unusable));
        }

        HeadingLevels.Mend(body);
        return (new RenderedText(Serialize(body), FirstParagraph(body), found.Looked), null);
    }

    /// <summary>The absolute or marked form of an address that an article wrote; null where it is none.</summary>
    public static string? Resolve(string address, ArticleFile article)
    {
        var trimmed = AddressNoise().Replace(address, "");
        if (Scheme().IsMatch(trimmed))
        {
            return Uri.TryCreate(trimmed, UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" or "mailto" ? absolute.AbsoluteUri : null;
        }

        // Browsers take a backslash for a slash, so that \\host is another host; .NET takes that for a file.
        var relative = trimmed.Replace('\\', '/');
        return article.Head.Url is { } canonical
            ? Uri.TryCreate(canonical, relative, out var resolved) ? resolved.AbsoluteUri : null
            : OwnAddress.Resolve(article.Slug, relative);
    }

    private static void SetAddress(IElement element, string attribute, ArticleFile article)
    {
        if (element.GetAttribute(attribute) is not { } written)
        {
            return;
        }

        if (Resolve(written, article) is { } address)
        {
            element.SetAttribute(attribute, address);
        }
        else
        {
            element.RemoveAttribute(attribute);
        }
    }

    private static void CleanAttributes(IElement element)
    {
        if (element.Attributes.Length == 0)
        {
            return;
        }

        foreach (var attribute in element.Attributes.ToList())
        {
            var isKept = attribute.LocalName switch
            {
                // An id is unique in a page, and a page may hold other articles: only footnotes need theirs.
                "id" => FootnoteId().IsMatch(attribute.Value),
                "width" or "height" or "colspan" or "rowspan" or "start" => SmallNumber().IsMatch(attribute.Value),
                "srcset" => element.LocalName is "img",
                "sizes" => element.LocalName is "img" && Sizes().IsMatch(attribute.Value),
                _ => true,
            };
            if (!isKept)
            {
                element.RemoveAttribute(attribute.Name);
            }
            else if (PlainText.Clean(attribute.Value) is var clean && clean.Length != attribute.Value.Length)
            {
                attribute.Value = clean;
            }
        }
    }

    private static string FirstParagraph(IElement body)
    {
        foreach (var paragraph in body.Descendants<IElement>().Where(element => element.LocalName is "p"))
        {
            var text = PlainText.OneLine(string.Concat(paragraph.GetDescendants().OfType<IText>().Where(node => !IsFootnoteMark(node)).Select(node => node.Data)));
            if (text.Length > 0)
            {
                return text;
            }
        }

        return PlainText.OneLine(body.TextContent);
    }

    private static bool IsFootnoteMark(IText text) =>
        text.ParentElement?.ParentElement?.Id is { } id && id.StartsWith("fnref:", StringComparison.Ordinal);

    // A character reference may have brought in what the Markdown itself no longer had.
    private static string Serialize(IElement body)
    {
        foreach (var text in body.GetDescendants().OfType<IText>())
        {
            if (PlainText.Clean(text.Data) is var clean && clean.Length != text.Data.Length)
            {
                text.Data = clean;
            }
        }

        return body.InnerHtml.Replace("&nbsp;", "\u00A0", StringComparison.Ordinal).Trim();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scheme();

    // Browsers overlook these in addresses, so they must not hide a scheme from us.
    [GeneratedRegex("^[\\x00-\\x20]+|[\\t\\r\\n]+|[\\x00-\\x20]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AddressNoise();

    [GeneratedRegex("^fn(ref)?:[0-9]{1,5}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FootnoteId();

    // Lengths and conditions on the width of the window; nothing that loads anything.
    [GeneratedRegex("^[a-z0-9 .,()<>=:%+*/-]{1,200}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sizes();

    [GeneratedRegex("^-?[0-9]{1,5}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SmallNumber();
}
