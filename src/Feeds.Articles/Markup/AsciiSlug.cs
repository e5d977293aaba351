using System.Globalization;
using System.Text;

namespace Feeds.Articles.Markup;

/// <summary>Names as parts of addresses: lower-case ASCII letters and digits, words parted by one hyphen.</summary>
internal static class AsciiSlug
{
    private const int Longest = 100;

    /// <summary>The slug of a name; empty where nothing in it has an ASCII form.</summary>
    public static string From(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var character in PlainText.Clean(name).Normalize(NormalizationForm.FormKD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                slug.Append(character);
            }
            else if (Spelled(character) is { } letters)
            {
                slug.Append(letters);
            }
            else if (!IsSilent(character) && slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        if (slug.Length > Longest)
        {
            slug.Length = Longest;
        }

        return slug.ToString().TrimEnd('-');
    }

    // Accents come apart from their letters, and an elision makes no new word: l’été is lete.
    private static bool IsSilent(char character) =>
        character is '\'' or '’' or 'ʼ' || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format;

    private static string? Spelled(char character) => character switch
    {
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        'ø' => "o",
        'ð' or 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "ng",
        'ŧ' => "t",
        _ => null,
    };
}
