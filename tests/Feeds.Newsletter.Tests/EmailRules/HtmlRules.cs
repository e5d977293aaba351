using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>H1–H8: what mail programs need of the HTML.</summary>
internal static partial class HtmlRules
{
    private static readonly string[] Unreliable = ["var(", "flex", "grid", "@import", "javascript:", "position:"];

    public static IEnumerable<(Grade Grade, string What)> Size(MailBytes mail)
    {
        var size = Encoding.UTF8.GetByteCount(mail.Html);
        if (size > 80 * 1024)
        {
            yield return (size > 100 * 1024 ? Grade.Fail : Grade.Warn, $"{size} bytes of HTML");
        }

        if (Encoding.UTF8.GetByteCount(mail.StyleSheet) > 16 * 1024)
        {
            yield return (Grade.Fail, "more than 16 KB of style");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Frame(MailBytes mail)
    {
        var document = mail.Document;
        if (!mail.Html.StartsWith("<!doctype html>", StringComparison.OrdinalIgnoreCase))
        {
            yield return (Grade.Fail, "doesn't begin with <!doctype html>");
        }

        var wrappers = document.Body!.Children.Where(child => child.LocalName is "div").ToList();
        if (wrappers.Count != 1 || new[] { document.DocumentElement, wrappers[0] }.Any(one => one.GetAttribute("lang") is null or "" || one.GetAttribute("dir") is null or ""))
        {
            yield return (Grade.Fail, "html or the one wrapper in the body lacks lang or dir");
        }

        if (string.IsNullOrWhiteSpace(document.Title) || document.QuerySelector("meta[charset]") is null || document.QuerySelector("meta[name=viewport]") is null)
        {
            yield return (Grade.Fail, "title, charset or viewport is lacking");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Tables(MailBytes mail) =>
        mail.Document.QuerySelectorAll("table").Where(table => table.GetAttribute("role") is not "presentation" || table.QuerySelector("th, caption") is not null)
            .Select(_ => (Grade.Fail, "a layout table without role=presentation, or with th"));

    public static IEnumerable<(Grade Grade, string What)> Images(MailBytes mail)
    {
        foreach (var image in mail.Document.QuerySelectorAll("img"))
        {
            var address = image.GetAttribute("src") ?? "";
            var alternative = image.GetAttribute("alt");
            if (alternative is null || FileName().IsMatch(alternative))
            {
                yield return (Grade.Fail, $"an image without a text, or with a file's name: {alternative}");
            }

            if (!int.TryParse(image.GetAttribute("width"), NumberStyles.None, CultureInfo.InvariantCulture, out var width) || width > 600 || !int.TryParse(image.GetAttribute("height"), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                yield return (Grade.Fail, "an image without width and height, or wider than 600");
            }

            if (!address.StartsWith(mail.Expectation.Live ? "https://" : "http", StringComparison.Ordinal) || Unshown().IsMatch(address) || image.HasAttribute("srcset"))
            {
                yield return (Grade.Fail, $"an image that isn't shown everywhere: {address}");
            }
        }
    }

    public static IEnumerable<(Grade Grade, string What)> WithoutImages(MailBytes mail)
    {
        if (mail.Document.QuerySelectorAll("h1, h2").Any(heading => heading.TextContent.Trim().Length == 0) || mail.Document.Body!.TextContent.Length < 200)
        {
            yield return (Grade.Fail, "without its images the mail says too little");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> WithoutStyle(MailBytes mail)
    {
        foreach (var element in mail.Document.Body!.QuerySelectorAll("*"))
        {
            var style = element.GetAttribute("style") ?? "";
            var fixedWidth = FixedWidth().Matches(style).Select(found => int.Parse(found.Groups["pixels"].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
            var fluid = element.LocalName is "img" && style.Contains("width:100%", StringComparison.Ordinal) && style.Contains("height:auto", StringComparison.Ordinal);
            var attribute = int.TryParse(element.GetAttribute("width"), NumberStyles.None, CultureInfo.InvariantCulture, out var width) ? width : 0;
            if (fixedWidth > 280 || (attribute > 280 && !fluid) || style.Contains("nowrap", StringComparison.Ordinal))
            {
                yield return (Grade.Fail, $"{element.LocalName} is wider than a narrow screen without the style element");
            }
        }

        if (mail.Document.QuerySelectorAll("tr").Any(row => row.Children.Length > 1))
        {
            yield return (Grade.Fail, "more than one column");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Forbidden(MailBytes mail)
    {
        foreach (var element in mail.Document.QuerySelectorAll("script, form, v\\:roundrect, v\\:rect, input, button, iframe, object, embed, link, video, audio, svg, base"))
        {
            yield return (Grade.Fail, $"<{element.LocalName}>");
        }

        var styles = mail.Document.All.SelectMany(element => element.Attributes).Where(attribute => attribute.Name is "style" or "href").Select(attribute => attribute.Value).Append(mail.StyleSheet).ToList();
        foreach (var word in Unreliable.Where(word => styles.Exists(style => style.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            yield return (Grade.Fail, $"depends on {word}");
        }

        if (mail.Document.All.Any(element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase))))
        {
            yield return (Grade.Fail, "an event handler");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Headings(MailBytes mail)
    {
        var levels = mail.Document.QuerySelectorAll("h1, h2, h3, h4, h5, h6").Select(heading => heading.LocalName[1] - '0').ToList();
        if (levels.Count(level => level == 1) != 1 || levels[0] != 1 || levels.Zip(levels.Skip(1)).Any(pair => pair.Second > pair.First + 1))
        {
            yield return (Grade.Fail, $"headings {string.Join(' ', levels)}");
        }

        if (mail.Document.QuerySelector("p") is null || mail.Html.Contains("<br><br>", StringComparison.OrdinalIgnoreCase))
        {
            yield return (Grade.Fail, "paragraphs are not <p>");
        }
    }

    [GeneratedRegex(@"^\S+\.(png|jpe?g|gif|webp|svg)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^data:|\.(svg|webp|avif)(\?|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unshown();

    [GeneratedRegex(@"(?<![a-z-])(min-)?width:\s*(?<pixels>\d+)px", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FixedWidth();
}
