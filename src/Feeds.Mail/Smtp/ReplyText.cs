using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Feeds.Mail;

/// <summary>What a server says, made fit for a table and a log.</summary>
internal static partial class ReplyText
{
    private const int Maximum = 500;

    /// <summary>At most 500 characters on one line.</summary>
    public static string Clean(string? text) => Clean(text, Maximum);

    /// <summary>At most so many characters on one line.</summary>
    public static string Clean(string? text, int maximum)
    {
        var clean = new StringBuilder(Math.Min(text?.Length ?? 0, maximum));
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > maximum)
            {
                break;
            }

            clean.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>The same, with e-mail addresses left out: for logs, and for what is kept of a delivery whose person may be erased.</summary>
    public static string WithoutAddresses(string? text) => Address().Replace(Clean(text), "…@…");

    /// <summary>The enhanced status code (RFC 3463) that the text begins with, or null.</summary>
    public static string? EnhancedCode(string? text) => Enhanced().Match(text ?? "") is { Success: true } found ? found.Groups["code"].Value : null;

    [GeneratedRegex(@"\A(?<code>[245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Enhanced();

    [GeneratedRegex(@"[^\s<>]+@[^\s<>]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Address();
}
