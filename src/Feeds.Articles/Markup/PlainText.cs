using System.Globalization;
using System.Text;

namespace Feeds.Articles.Markup;

/// <summary>Text that stands in feeds as it is.</summary>
internal static class PlainText
{
    /// <summary>Without what XML 1.0 has no way to write (its production <c>Char</c>).</summary>
    public static string Clean(string text)
    {
        var index = FindIllegal(text, 0);
        if (index < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var start = 0;
        for (; index >= 0; index = FindIllegal(text, start))
        {
            clean.Append(text, start, index - start);
            start = index + 1;
        }

        return clean.Append(text, start, text.Length - start).ToString();
    }

    /// <summary>Clean, on one line. No-break spaces stay: French needs them.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var character in Clean(text))
        {
            if (character is not (' ' or '\t' or '\n' or '\r' or '\f' or '\u0085' or '\u2028' or '\u2029'))
            {
                line.Append(character);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>At most so many characters, cut after a word and ended with an ellipsis.</summary>
    public static string Shorten(string line, int longest)
    {
        if (line.Length <= longest)
        {
            return line;
        }

        var end = line.LastIndexOf(' ', longest - 1);
        if (end < longest / 2)
        {
            // One endless word: cut it, but not within what is seen as one character.
            end = 0;
            while (end + StringInfo.GetNextTextElementLength(line, end) is var next && next < longest)
            {
                end = next;
            }
        }

        return line[..end].TrimEnd(' ', '\u00A0', '\u202F', ',', ';', ':', '-', '–', '—') + "…";
    }

    private static int FindIllegal(string text, int start)
    {
        for (var index = start; index < text.Length; index++)
        {
            var character = text[index];
            if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                index++;
            }
            else if ((character < ' ' && character is not ('\t' or '\n' or '\r')) || char.IsSurrogate(character) || character >= '\uFFFE')
            {
                return index;
            }
        }

        return -1;
    }
}
