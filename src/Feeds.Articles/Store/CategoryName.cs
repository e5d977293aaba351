using System.Security.Cryptography;
using System.Text;
using Feeds.Articles.Markup;

namespace Feeds.Articles.Store;

/// <summary>What makes two categories the same, and what they are called in addresses.</summary>
internal static class CategoryName
{
    /// <summary>Of a normalised name, in UTF-16 units.</summary>
    public const int MostCharacters = 60;

    /// <summary>Names that look alike become equal: composed letters, single plain spaces, nothing invisible. Case and accents count.</summary>
    public static string Normalize(string name)
    {
        var words = new StringBuilder(name.Length);
        foreach (var character in PlainText.Clean(name))
        {
            if (char.IsWhiteSpace(character))
            {
                if (words.Length > 0 && words[^1] != ' ')
                {
                    words.Append(' ');
                }
            }
            else if (!char.IsControl(character) && character is not ('\u00AD' or '\u200B' or '\u2060' or '\uFEFF'))
            {
                words.Append(character);
            }
        }

        return words.ToString().TrimEnd().Normalize(NormalizationForm.FormC);
    }

    /// <summary>The slug of a normalised name that none of the <paramref name="taken"/> ones is.</summary>
    public static string Slug(string name, IReadOnlySet<string> taken)
    {
        var slug = AsciiSlug.From(name) is { Length: > 0 } found
            ? found
            : "categorie-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        var free = slug;
        for (var number = 2; taken.Contains(free); number++)
        {
            free = $"{slug}-{number}";
        }

        return free;
    }
}
