using System.Globalization;
using System.Text.RegularExpressions;

namespace Feeds.Newsletter.Tests.EmailRules;

/// <summary>T1–T2: the plain text part.</summary>
internal static partial class TextRules
{
    public static IEnumerable<(Grade Grade, string What)> Same(MailBytes mail)
    {
        var text = string.Join(' ', mail.Text.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
        var at = 0;
        foreach (var heading in mail.Document.QuerySelectorAll("h1, h2").Select(one => string.Join(' ', one.TextContent.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))))
        {
            var found = text.IndexOf(heading, at, StringComparison.Ordinal);
            if (found < 0)
            {
                yield return (Grade.Fail, $"the text part lacks, or has elsewhere: {heading}");
                yield break;
            }

            at = found + heading.Length;
        }

        var links = mail.Links.Select(link => link.GetAttribute("href")!).Where(address => address.StartsWith("http", StringComparison.Ordinal)).ToList();
        var own = mail.Text.Split('\n').Where(line => Address().IsMatch(line) && links.Contains(line, StringComparer.Ordinal)).ToList();
        if (mail.Expectation.Edition && !own.SequenceEqual(links, StringComparer.Ordinal))
        {
            yield return (Grade.Fail, $"the links of the text part are not those of the HTML part: {string.Join(' ', own)} | {string.Join(' ', links)}");
        }

        if (Entity().IsMatch(mail.OwnWords))
        {
            yield return (Grade.Fail, $"an entity instead of its character: {Entity().Match(mail.OwnWords).Value}");
        }
    }

    public static IEnumerable<(Grade Grade, string What)> Wrapped(MailBytes mail)
    {
        foreach (var line in mail.Text.Split('\n'))
        {
            if (new StringInfo(line).LengthInTextElements > 72 && line.Contains(' ', StringComparison.Ordinal))
            {
                yield return (Grade.Fail, $"not wrapped: {line}");
            }

            if (line.Length > 0 && (line[0] is '\u00A0' or '\u202F' or ' ' || line[^1] is '\u00A0' or '\u202F' or ' '))
            {
                yield return (Grade.Fail, $"broken at a blank that holds together: {line}");
            }

            if ((line.Contains(" http://", StringComparison.Ordinal) || line.Contains(" https://", StringComparison.Ordinal)) || (Address().IsMatch(line) && line.Contains(' ', StringComparison.Ordinal)))
            {
                yield return (Grade.Fail, $"an address that isn't alone on its line: {line}");
            }
        }
    }

    [GeneratedRegex("^https?://", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();

    [GeneratedRegex("&(#x?[0-9A-Fa-f]+|amp|lt|gt|quot|nbsp);", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Entity();
}
