using System.Globalization;
using System.Text;

namespace Feeds.Mail;

/// <summary>Free text in headers: encoded words (RFC 2047) that decode to exactly the text, each whole code points only.</summary>
internal static class HeaderText
{
    // "=?utf-8?B?" and "?=" around at most 75 characters (RFC 2047 §2): 63 are left, of which base64 uses 60.
    private const int MaximumOctets = 45;

    // Longer lines would still be legal up to 998 octets (RFC 5322 §2.1.1).
    private const int MaximumPlain = 400;

    /// <summary>The text on one line: line breaks and other control characters become blanks.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>Unstructured text, as in Subject.</summary>
    public static string Unstructured(string text)
    {
        var clean = Clean(text);
        return IsPlain(clean) ? clean : EncodedWords(clean);
    }

    /// <summary>A display name before an address in angle brackets.</summary>
    public static string Phrase(string text)
    {
        var clean = Clean(text);
        return IsPlain(clean)
            ? $"\"{clean.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : EncodedWords(clean);
    }

    private static bool IsPlain(string clean) =>
        clean.Length <= MaximumPlain && clean.All(c => c is >= ' ' and <= '~') && !clean.Contains("=?", StringComparison.Ordinal);

    private static string EncodedWords(string clean)
    {
        var words = new List<string>();
        var word = new List<byte>(MaximumOctets);
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in clean.EnumerateRunes())
        {
            var count = rune.EncodeToUtf8(octets);
            if (word.Count + count > MaximumOctets)
            {
                words.Add(Encode(word));
                word.Clear();
            }

            word.AddRange(octets[..count]);
        }

        words.Add(Encode(word));
        return string.Join("\r\n ", words);
    }

    private static string Encode(List<byte> word) => $"=?utf-8?B?{Convert.ToBase64String([.. word])}?=";
}
