using System.Globalization;
using System.Text;
using Feeds.Mail;

namespace Feeds.Newsletter.Content;

/// <summary>Shapes text for headers and for the text part of a mail.</summary>
internal static class PlainText
{
    private const int Column = 72;
    private static readonly string PersonalPrefix = MailContent.Placeholder("x")[..^"x/".Length];

    /// <summary>One line: control characters and line breaks of any script become a space, runs of blanks one.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is ' ' or 0x2028 or 0x2029 or 0xFFFD)
            {
                if (line.Length > 0 && line[^1] != ' ')
                {
                    line.Append(' ');
                }
            }
            else
            {
                line.Append(rune.ToString());
            }
        }

        return Inert(line.ToString().Trim(' '));
    }

    /// <summary>Keeps others' texts and addresses from asking for a personal value: the same place, another spelling.</summary>
    public static string Inert(string text) => text.Replace(PersonalPrefix, $"{PersonalPrefix.TrimEnd('/')}:443/", StringComparison.OrdinalIgnoreCase);

    /// <summary>At most <paramref name="length"/> UTF-16 units: cut at a blank where one is near, never inside a character, with an ellipsis.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var room = length - 1;
        var end = 0;
        foreach (var start in StringInfo.ParseCombiningCharacters(text))
        {
            if (start > room)
            {
                break;
            }

            end = start;
        }

        var blank = text.LastIndexOf(' ', end);
        var kept = text[..(blank > room / 2 ? blank : end)];
        return kept.TrimEnd(' ', ',', ';', ':', '.', '-', '–', '—', '«', '“', '(', '\u00A0', '\u202F') + "…";
    }

    /// <summary>
    /// Wraps at <see cref="Column"/> characters, at ordinary blanks only, so never at U+00A0 or U+202F and never inside a
    /// word; an address stands alone on its line. Runs of empty lines become one.
    /// </summary>
    public static string Wrap(string text)
    {
        var wrapped = new StringBuilder(text.Length + 64);
        var empty = 1;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.Trim(' ', '\t').Length == 0)
            {
                empty++;
                continue;
            }

            if (wrapped.Length > 0 && empty > 0)
            {
                wrapped.Append('\n');
            }

            empty = 0;
            WrapLine(line, wrapped);
        }

        return wrapped.ToString();
    }

    private static void WrapLine(string line, StringBuilder wrapped)
    {
        var used = 0;
        var alone = false;
        foreach (var word in line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            var address = word.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
            var width = new StringInfo(word).LengthInTextElements;
            if (used > 0)
            {
                var breaks = alone || address || used + 1 + width > Column;
                wrapped.Append(breaks ? '\n' : ' ');
                used = breaks ? 0 : used + 1;
            }

            wrapped.Append(word);
            used += width;
            alone = address;
        }

        wrapped.Append('\n');
    }
}
