using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>H9–H16: what people need of the HTML.</summary>
internal static partial class ReadingRules
{
    public static IEnumerable<(Grade Grade, string What)> Links(MailBytes mail)
    {
        foreach (var group in mail.Links.GroupBy(link => link.TextContent.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            if (group.Key.Length == 0 || group.Select(link => link.GetAttribute("href")).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                yield return (Grade.Fail, $"a link without a text of its own: \"{group.Key}\"");
            }
        }

        foreach (var link in mail.Links)
        {
            var style = link.GetAttribute("style") ?? "";
            var button = Button().Match(style);
            var height = button.Success ? (2 * int.Parse(button.Groups["padding"].Value, null)) + int.Parse(button.Groups["line"].Value, null) : 0;
            if (!style.Contains("text-decoration:underline", StringComparison.Ordinal) && height < 44)
            {
                yield return (Grade.Fail, $"a link neither underlined nor a button of 44 pixels: {link.TextContent}");
            }
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Contrast(MailBytes mail)
    {
        var dark = Colours.DarkRules(mail.StyleSheet);
        foreach (var element in mail.Document.Body!.QuerySelectorAll("*").Where(SaysSomething))
        {
            foreach (var (scheme, rules) in new[] { ("light", null), ("dark", dark) })
            {
                var ratio = Colours.Contrast(element, rules);
                if (ratio < 4.5)
                {
                    yield return (Grade.Fail, $"contrast {ratio:0.0} in {scheme}: {element.TextContent.Trim()}");
                }
            }

            var size = FontSize().Match(element.Ancestors().OfType<IElement>().Prepend(element).Select(one => one.GetAttribute("style") ?? "").FirstOrDefault(style => FontSize().IsMatch(style)) ?? "");
            if (!size.Success || int.Parse(size.Groups["pixels"].Value, null) < 14)
            {
                yield return (Grade.Fail, $"text below 14 pixels: {element.TextContent.Trim()}");
            }
        }

        if (mail.Html.Contains("justify", StringComparison.OrdinalIgnoreCase) && mail.Document.All.Any(element => (element.GetAttribute("style") ?? "").Contains("text-align:justify", StringComparison.Ordinal)))
        {
            yield return (Grade.Fail, "justified text");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Dark(MailBytes mail)
    {
        if (mail.Document.QuerySelector("meta[name=color-scheme]")?.GetAttribute("content") is not "light dark"
            || !mail.StyleSheet.Contains("color-scheme: light dark", StringComparison.Ordinal)
            || !mail.StyleSheet.Contains("@media (prefers-color-scheme: dark)", StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "no colours for dark screens");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Preheader(MailBytes mail)
    {
        var first = mail.Document.Body!.QuerySelector("div > *");
        var text = first?.TextContent.Trim() ?? "";
        if (first is null || !(first.GetAttribute("style") ?? "").Contains("display:none", StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "the first thing in the mail is not the preheader");
        }

        if (text.Length is < 40 or > 100)
        {
            yield return (Grade.Fail, $"the preheader has {text.Length} characters: {text}");
        }

        if (text.Equals(mail.Message.Subject, StringComparison.Ordinal) || text.Contains("navigateur", StringComparison.OrdinalIgnoreCase) || text.Contains("browser", StringComparison.OrdinalIgnoreCase))
        {
            yield return (Grade.Fail, "the preheader repeats the subject or talks of the browser");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Conditionals(MailBytes mail)
    {
        var without = Conditional().Replace(mail.Html, "");
        if (mail.Html.Split("<!--[if").Length != mail.Html.Split("<![endif]-->").Length || without.Contains("[endif]", StringComparison.Ordinal))
        {
            yield return (Grade.Fail, "unbalanced conditional comments");
        }

        string? broken = null;
        try
        {
            _ = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(without);
        }
        catch (HtmlParseException refused)
        {
            broken = refused.Message;
        }

        if (broken is not null)
        {
            yield return (Grade.Fail, $"not valid without the conditional comments: {broken}");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Footer(MailBytes mail)
    {
        var words = string.Join(' ', mail.Document.Body!.TextContent.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        foreach (var lacking in mail.Expectation.Footer.Where(one => !words.Contains(one, StringComparison.Ordinal)))
        {
            yield return (Grade.Fail, $"the footer lacks: {lacking}");
        }

        foreach (var own in mail.Expectation.OwnLinks.Where(own => !mail.Links.Any(link => link.GetAttribute("href")!.StartsWith(own, StringComparison.Ordinal))))
        {
            yield return (Grade.Fail, $"no link to {own}");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Campaign(MailBytes mail)
    {
        foreach (var address in mail.Links.Select(link => link.GetAttribute("href")!))
        {
            var marks = Marks().Matches(address).Select(mark => mark.Groups["name"].Value).Order(StringComparer.Ordinal).ToList();
            var expected = mail.ArticleLinks.Contains(address, StringComparer.Ordinal) ? "campaign,medium,source" : "";
            if (!string.Equals(string.Join(',', marks), expected, StringComparison.Ordinal) || (expected.Length > 0 && !address.Contains("utm_medium=email", StringComparison.Ordinal)))
            {
                yield return (Grade.Fail, $"marks of {address}");
            }
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Once(MailBytes mail) =>
        mail.ArticleLinks.GroupBy(address => address, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => (Grade.Fail, $"twice in the mail: {group.Key}"));

    private static bool SaysSomething(IElement element) =>
        element.ChildNodes.OfType<IText>().Any(text => text.Text.Trim(' ', '\n', '\u00A0').Length > 0)
        && !element.Ancestors().OfType<IElement>().Prepend(element).Any(one => (one.GetAttribute("style") ?? "").Contains("display:none", StringComparison.Ordinal));

    [GeneratedRegex(@"padding:(?<padding>\d+)px [^;]*;.*line-height:(?<line>\d+)px", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Button();

    [GeneratedRegex(@"font-size:(?<pixels>\d+)px", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FontSize();

    [GeneratedRegex(@"<!--\[if.*?<!\[endif\]-->", RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Conditional();

    [GeneratedRegex("utm_(?<name>[a-z]+)=", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marks();
}
